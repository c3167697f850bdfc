//! The JSON schema of the settings, for editors.

use serde_json::{Map, Value, json};

use super::Settings;

/// The schema, with every key, its default, and what its type accepts. It is found by trying: what the settings read is
/// what they say.
///
/// ```
/// let schema = trading_services::config::schema();
/// let attempts = &schema["properties"]["exchange"]["properties"]["attempts"];
/// assert_eq!((&attempts["type"], &attempts["default"]), (&"integer".into(), &3.into()));
/// ```
pub fn schema() -> Value {
    let defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
    let mut schema = table(&mut Vec::new(), &defaults);
    if let Value::Object(schema) = &mut schema {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!("Settings of trading-services"));
    }
    schema
}

/// A name that every map of the settings takes as a key.
const ANY: &str = "USD";

fn table(path: &mut Vec<String>, defaults: &Value) -> Value {
    if defaults.as_object().is_some_and(Map::is_empty) {
        path.push(ANY.to_owned());
        let values = value(|probe| refused(path, probe));
        path.pop();
        return json!({ "type": "object", "additionalProperties": values });
    }
    let mut properties = Map::new();
    for (key, default) in defaults.as_object().into_iter().flatten() {
        path.push(key.clone());
        let schema = if default.is_object() { table(path, default) } else { leaf(path, default) };
        properties.insert(key.clone(), schema);
        path.pop();
    }
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn leaf(path: &[String], default: &Value) -> Value {
    let mut schema = if refused(path, &json!([])).is_none() {
        let items = value(|probe| refused(path, &json!([probe])));
        json!({ "type": "array", "items": items })
    } else {
        value(|probe| refused(path, probe))
    };
    if let (Value::Object(schema), false) = (&mut schema, default.is_null()) {
        schema.insert("default".to_owned(), default.clone());
    }
    schema
}

/// What a value may be, by the probes that are not refused.
fn value(refused: impl Fn(&Value) -> Option<String>) -> Value {
    let probes = [("boolean", json!(true)), ("integer", json!(1)), ("number", json!(1.5))];
    let mut types: Vec<_> =
        probes.iter().filter(|(_, probe)| refused(probe).is_none()).map(|(name, _)| *name).collect();
    if types.contains(&"number") {
        types.retain(|name| *name != "integer");
    }
    // A text may be refused for what it says, and not for being one.
    let text = refused(&json!("?"));
    match text {
        None => types.push("string"),
        Some(error) => {
            let words = variants(&error);
            if !words.is_empty() {
                return json!({ "type": "string", "enum": words });
            }
            if !error.contains("invalid type") {
                types.push("string");
            }
        }
    }
    if let [one] = types.as_slice() { json!({ "type": one }) } else { json!({ "type": types }) }
}

/// The words that would have been accepted: "unknown variant `?`, expected one of `a`, `b`".
fn variants(error: &str) -> Vec<&str> {
    let Some((_, expected)) = error.split_once("unknown variant").and_then(|(_, rest)| rest.split_once("expected"))
    else {
        return Vec::new();
    };
    expected.split('`').skip(1).step_by(2).collect()
}

/// Why the settings do not read a value under a key, if they do not.
fn refused(path: &[String], value: &Value) -> Option<String> {
    let nested = path.iter().rev().fold(value.clone(), |inner, key| json!({ key.as_str(): inner }));
    serde_json::from_value::<Settings>(nested).err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_value_is_described() {
        let schema = schema();
        let cases = [
            (
                "/environment",
                json!({ "type": "string", "enum": ["development", "production"], "default": "development" }),
            ),
            ("/trading/properties/enabled", json!({ "type": "boolean", "default": true })),
            ("/alerts/properties/cool_down", json!({ "type": "string", "default": "30s" })),
            ("/run/properties/events", json!({ "type": "integer" })),
            (
                "/exchange/properties/order",
                json!({ "type": "array", "items": { "type": "string" }, "default": ["simulated"] }),
            ),
            ("/store/properties/folder", json!({ "type": "string" })),
            ("/portfolio/properties/rates", json!({ "type": "object", "additionalProperties": { "type": "string" } })),
        ];
        for (key, expected) in cases {
            assert_eq!(schema.pointer(&format!("/properties{key}")), Some(&expected), "{key}");
        }
    }

    /// Every key of a file that the schema does not know.
    fn unknown(path: &str, value: &Value, schema: &Value) -> Vec<String> {
        let Value::Object(table) = value else { return Vec::new() };
        let inner = table.iter().map(|(key, value)| {
            let known = schema["properties"].get(key).or_else(|| schema.get("additionalProperties"));
            match known.filter(|known| known.is_object()) {
                Some(known) => unknown(&format!("{path}.{key}"), value, known),
                None => vec![format!("{path}.{key}")],
            }
        });
        inner.flatten().collect()
    }

    #[test]
    fn a_file_with_every_key_that_is_read_fits() {
        let mut settings = Settings::default();
        settings.portfolio.rates.insert("USD".parse().unwrap(), rust_decimal::Decimal::ONE);
        let mut file = serde_json::to_value(&settings).unwrap();
        assert!(unknown("", &file, &schema()).is_empty(), "{:?}", unknown("", &file, &schema()));
        file["portfolio"]["cahs"] = json!("1");
        assert_eq!(
            unknown("", &file, &schema()),
            [".portfolio.cahs"],
            "a schema that takes everything would judge nothing"
        );
    }
}
