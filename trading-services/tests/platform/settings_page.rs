//! The page of settings: every key, with the default that holds.

use std::collections::BTreeMap;

use serde_json::Value;
use trading_services::config::Settings;

const PAGE: &str = include_str!("../../../docs/configuration.md");

/// Dotted keys with their values as the page writes them; nothing for a setting without a default.
fn flatten(prefix: &str, value: &Value, keys: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, value, keys);
            }
        }
        Value::Null => drop(keys.insert(prefix.to_owned(), String::new())),
        Value::String(text) => drop(keys.insert(prefix.to_owned(), format!("`{text}`"))),
        other => drop(keys.insert(prefix.to_owned(), format!("`{other}`"))),
    }
}

#[test]
fn the_page_lists_every_setting_with_its_default() {
    let mut actual = BTreeMap::new();
    flatten("", &serde_json::to_value(Settings::default()).unwrap(), &mut actual);
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `"));
    let written: BTreeMap<_, _> = rows
        .map(|row| {
            let (key, rest) = row.split_once("` | ").unwrap();
            (key.to_owned(), rest.split('|').next().unwrap().trim().to_owned())
        })
        .collect();
    assert_eq!(written, actual);
}
