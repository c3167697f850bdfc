//! Layers of the configuration: command line over environment over file over defaults.

use std::path::{Path, PathBuf};

use figment::error::Kind;
use figment::providers::Env;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, Source};

use super::version::VersionError;
use super::{locate, validate, version};
use crate::config::Settings;
use crate::ports::{ConfigError, Problem};

/// The prefix of environment variables; `__` goes one table down: `TRADING_ALERTS__COOL_DOWN=10s`.
const PREFIX: &str = "TRADING_";

/// Values given on the command line, by dotted key.
///
/// ```
/// use trading_services::config::load;
/// use trading_services::config::Overrides;
///
/// let overrides = Overrides::default().with("simulation.seed", 7_u64);
/// let settings = load(None, &overrides)?;
/// assert_eq!(settings.simulation.seed, 7);
/// # Ok::<(), trading_services::ports::ConfigError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    values: Vec<(String, Value)>,
    /// What holds where nobody says otherwise.
    defaults: Vec<(String, Value)>,
}

/// Where settings were read from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Origin {
    /// Without a file there is nothing that could change.
    pub(super) file: Option<PathBuf>,
    pub(super) overrides: Overrides,
    /// The text of the file, as it was read.
    pub(super) text: Option<String>,
    /// What a person should know of the file.
    pub(super) warning: Option<String>,
}

impl Overrides {
    /// Adds a value; a later one with the same key wins.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.values.push((key.into(), value.into()));
        self
    }

    /// Adds a value that holds where neither the file, nor the environment, nor another override has one.
    ///
    /// ```
    /// use figment::providers::Serialized;
    /// use trading_services::config::{Overrides, load_with_environment};
    /// use trading_services::engine::Speed;
    ///
    /// let replayed = Overrides::default().with_default("run.speed", "max");
    /// let of_another_key = Serialized::default("run.strict", true);
    /// assert_eq!(load_with_environment(None, of_another_key, &replayed)?.run.speed, Speed::Max);
    /// let told = Serialized::default("run.speed", "2x");
    /// assert_eq!(load_with_environment(None, told, &replayed)?.run.speed, Speed::Times(2.0));
    /// # Ok::<(), trading_services::ports::ConfigError>(())
    /// ```
    #[must_use]
    pub fn with_default(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.defaults.push((key.into(), value.into()));
        self
    }

    /// Adds a value as a person writes it: a number, `true`, a list as in TOML, or text.
    #[must_use]
    pub fn with_text(self, key: impl Into<String>, text: &str) -> Self {
        let value: Value = text.parse().unwrap_or_else(|infallible| match infallible {});
        self.with(key, value)
    }

    /// Adds a value where there is one.
    #[must_use]
    pub fn with_option(self, key: impl Into<String>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
}

/// A layer for each value, in their order.
fn each(values: &[(String, Value)], origin: &'static str) -> impl Iterator<Item = Layer> {
    values.iter().map(move |(key, value)| {
        let dict = figment::util::nest(key, value.clone()).into_dict().unwrap_or_default();
        Layer { metadata: Metadata::named(origin), dict }
    })
}

/// Reads, layers and validates the settings, the process's environment included.
///
/// `TRADING_DATA` is left alone: it tells the tests where recorded data are.
///
/// # Errors
/// [`ConfigError`], with file and line, variable or command line as the origin of each wrong value.
pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Settings, ConfigError> {
    let environment = Env::prefixed(PREFIX).ignore(&["data"]).split("__");
    load_with_environment(file, environment, overrides)
}

/// Like [`load`], with another source in place of the process's environment.
///
/// # Errors
/// As [`load`].
pub fn load_with_environment(
    file: Option<&Path>,
    environment: impl Provider,
    overrides: &Overrides,
) -> Result<Settings, ConfigError> {
    let path = file.map(Path::to_owned);
    let file = file.map(FileLayer::read).transpose()?;
    let source = Origin {
        file: path,
        overrides: overrides.clone(),
        text: file.as_ref().map(|file| file.text.clone()),
        warning: file.as_ref().and_then(FileLayer::warning),
    };
    let mut layers: Vec<Layer> = each(&overrides.defaults, "command line").collect();
    if let Some(file) = &file {
        let metadata = Metadata::from("file", Source::File(file.path.clone()));
        layers.push(Layer { metadata, dict: file.dict.clone() });
    }
    let mut variables = environment.data().map_err(|error| invalid(error, file.as_ref()))?;
    let dict = variables.remove(&Profile::Default).unwrap_or_default();
    layers.push(Layer { metadata: environment.metadata(), dict });
    layers.extend(each(&overrides.values, "command line"));
    let mut settings = extract(layers, file.as_ref())?;
    settings.source = source;
    Ok(settings)
}

impl Settings {
    /// These settings with other values, which say in errors that they come from `origin`. Nobody reads them from a file
    /// again.
    ///
    /// ```
    /// use trading_services::config::{Overrides, Settings};
    ///
    /// let wrong = Overrides::default().with("exchange.attempts", 0_u32);
    /// let error = Settings::default().with("the request", &wrong).unwrap_err().to_string();
    /// assert_eq!(error, "the request: invalid configuration value: `exchange.attempts`: expected 1 to 20, found 0");
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every value that is wrong.
    pub fn with(&self, origin: &'static str, overrides: &Overrides) -> Result<Self, ConfigError> {
        // Settings are tables of plain values, which TOML can write and read.
        let dict = toml::to_string(self).ok().and_then(|text| toml::from_str(&text).ok()).unwrap_or_default();
        let mut layers = vec![Layer { metadata: Metadata::named("the settings that hold"), dict }];
        layers.extend(each(&overrides.values, origin));
        extract(layers, None)
    }
}

/// The settings of all layers, if every value is what is expected.
///
/// A reader stops at the first value that it cannot take. That value is taken away, and the rest is read again, until all of
/// it is read: what is wrong is named at once. The rules are judged by what was read.
fn extract(mut layers: Vec<Layer>, file: Option<&FileLayer>) -> Result<Settings, ConfigError> {
    let given = merged(&layers);
    let mut problems: Vec<Problem> = Vec::new();
    let settings: Settings = loop {
        match merged(&layers).extract() {
            Ok(settings) => break settings,
            Err(error) => {
                let found: Vec<_> = error.into_iter().map(|error| problem(error, file)).collect();
                let removed = found.iter().filter(|problem| remove_from_all(&mut layers, &problem.key)).count();
                problems.extend(found);
                if removed == 0 {
                    return Err(ConfigError::Invalid(problems));
                }
            }
        }
    };
    let unread: Vec<_> = problems.iter().map(|problem| problem.key.clone()).collect();
    let broken = validate::violations(&settings).into_iter().filter(|rule| !validate::looks_at(&rule.key, &unread));
    problems.extend(broken.map(|rule| {
        // A value of another form may stand where a table was: then that is where the key's value comes from.
        let metadata = with_parents(&rule.key).find_map(|key| given.find_metadata(key));
        let origin = origin(metadata, &rule.key, file);
        let message = format!("expected {}, found {}", rule.expected, rule.found);
        Problem { key: rule.key, origin, message }
    }));
    if problems.is_empty() { Ok(settings) } else { Err(ConfigError::Invalid(problems)) }
}

/// The layers in one, the last ones on top.
fn merged(layers: &[Layer]) -> Figment {
    layers.iter().fold(Figment::new(), |merged, layer| merged.merge(layer))
}

/// Takes a value out of every layer that has it.
fn remove_from_all(layers: &mut [Layer], key: &str) -> bool {
    let mut is_removed = false;
    for layer in layers {
        is_removed |= remove(&mut layer.dict, key);
    }
    is_removed
}

fn remove(dict: &mut Dict, key: &str) -> bool {
    if dict.remove(key).is_some() {
        return true;
    }
    let Some((table, rest)) = key.split_once('.') else { return false };
    match dict.get_mut(table) {
        Some(Value::Dict(_, inner)) => remove(inner, rest),
        // An element of a list, or a key of what is no table.
        Some(_) => dict.remove(table).is_some(),
        None => false,
    }
}

fn invalid(error: figment::Error, file: Option<&FileLayer>) -> ConfigError {
    ConfigError::Invalid(error.into_iter().map(|error| problem(error, file)).collect())
}

struct FileLayer {
    path: PathBuf,
    text: String,
    /// The version that the file says.
    version: i64,
    /// What it has, under the names of the current version.
    dict: Dict,
}

impl FileLayer {
    fn read(path: &Path) -> Result<Self, ConfigError> {
        let path = path.to_owned();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ConfigError::Read { path, source }),
        };
        let syntax = |text: &str, error: &toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let (line, column) = (locate::line_at(text, start), locate::column_at(text, start));
            ConfigError::Syntax { path: path.clone(), line, column, message: error.message().to_owned() }
        };
        let table: toml::Table = toml::from_str(&text).map_err(|error| syntax(&text, &error))?;
        let wrong_version = |error: VersionError| {
            let line = locate::line_of(&text, error.key()).unwrap_or(1);
            let origin = format!("{}:{line}", path.display());
            let problem = Problem { key: error.key().to_owned(), origin, message: error.to_string() };
            ConfigError::Invalid(vec![problem])
        };
        let version = version::version_of(table.get("version")).map_err(wrong_version)?;
        let carried = version::carry(&text, version::CURRENT).map_err(wrong_version)?;
        let dict = toml::from_str(&carried).map_err(|error| syntax(&carried, &error))?;
        Ok(Self { path, text, version, dict })
    }

    /// The line of a key, under the name that it has in the file.
    fn line_of(&self, key: &str) -> usize {
        with_parents(version::name_in(self.version, key)).find_map(|key| locate::line_of(&self.text, key)).unwrap_or(1)
    }

    fn warning(&self) -> Option<String> {
        let (path, version, current, until) =
            (self.path.display(), self.version, version::CURRENT, version::OLDEST_UNTIL);
        (version < current).then(|| {
            format!(
                "{path} has version {version} of the configuration, which is read before release {until} only; `config \
                 migrate --from {path} --out FILE.toml` carries it to version {current}"
            )
        })
    }
}

/// A key, then the tables around it.
fn with_parents(key: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(key), |key| key.rsplit_once('.').map(|(parent, _)| parent))
}

struct Layer {
    metadata: Metadata,
    dict: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.dict.clone())]))
    }
}

fn problem(error: figment::Error, file: Option<&FileLayer>) -> Problem {
    let mut key = error.path.join(".");
    let message = match &error.kind {
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            format!("expected {expected}, found {found}")
        }
        Kind::UnknownField(found, known) => {
            if !key.ends_with(found.as_str()) {
                key = if key.is_empty() { found.clone() } else { format!("{key}.{found}") };
            }
            format!("expected one of the keys {}, found `{found}`", known.join(", "))
        }
        Kind::UnknownVariant(found, known) => {
            format!("expected one of {}, found `{found}`", known.join(", "))
        }
        other => other.to_string(),
    };
    let origin = origin(error.metadata.as_ref(), &key, file);
    Problem { key, origin, message }
}

fn origin(metadata: Option<&Metadata>, key: &str, file: Option<&FileLayer>) -> String {
    match (metadata, file) {
        (None, _) => "default".to_owned(),
        (Some(metadata), Some(file)) if matches!(metadata.source, Some(Source::File(_))) => {
            format!("{}:{}", file.path.display(), file.line_of(key))
        }
        (Some(metadata), _) if metadata.name.contains("environment") => {
            format!("environment variable {PREFIX}{}", key.replace('.', "__").to_uppercase())
        }
        (Some(metadata), _) => metadata.name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn nothing() -> Layer {
        Layer { metadata: Metadata::named("environment"), dict: Dict::new() }
    }

    fn message(text: &str) -> String {
        let file = file(text);
        let error = load_with_environment(Some(file.path()), nothing(), &Overrides::default()).unwrap_err();
        error.to_string().replace(&file.path().display().to_string(), "FILE")
    }

    #[test]
    fn the_command_line_beats_the_environment_beats_the_file() {
        let file = file("[simulation]\nseed = 1\ngap_every = 1\nevents_per_second = 1\n");
        let variables = figment::util::nest("simulation.seed", 2_u64.into()).into_dict().unwrap();
        let mut environment = nothing();
        environment.dict = variables;
        let overrides = Overrides::default().with("simulation.events_per_second", 3_u32);
        let settings = load_with_environment(Some(file.path()), environment, &overrides).unwrap().simulation;
        assert_eq!((settings.gap_every, settings.seed, settings.events_per_second), (1, 2, 3));
    }

    #[test]
    fn a_wrong_type_names_file_line_and_expectation() {
        let text = message("[simulation]\nseed = \"many\"\n");
        assert!(text.starts_with("FILE:2: ") && text.contains("`simulation.seed`") && text.contains("u64"), "{text}");
    }

    #[test]
    fn a_wrong_duration_names_file_line_and_expectation() {
        let text = message("\n[alerts]\ncool_down = \"soon\"\n");
        assert!(text.starts_with("FILE:3: ") && text.contains("expected a duration"), "{text}");
    }

    #[test]
    fn an_unknown_key_names_the_known_ones() {
        let text = message("[alerts]\ncooldown = \"1s\"\n");
        assert!(text.starts_with("FILE:2: ") && text.contains("cool_down"), "{text}");
    }

    #[test]
    fn a_broken_rule_names_the_line_of_its_key() {
        let text = message("[alerts.webhook]\n\nattempts = 0\n");
        assert!(text.starts_with("FILE:3: ") && text.contains("expected 1 to 20, found 0"), "{text}");
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let text = message(
            "bogus = 1\n[simulation]\nseed = \"many\"\nevents_per_second = 0\n[alerts]\ncool_down = \"soon\"\nhistry = 5\n\
             history = 0\n[alerts.webhook]\nattempts = 0\n[exchange]\norder = [1]\n",
        );
        let mut lines: Vec<_> = text.lines().filter_map(|line| line.split(": ").next()).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["FILE:1", "FILE:10", "FILE:12", "FILE:3", "FILE:4", "FILE:6", "FILE:7", "FILE:8"], "{text}");
    }

    #[test]
    fn a_rule_between_two_values_is_not_judged_while_one_of_them_is_unknown() {
        let text = message("[signals]\ntimeframe = \"30m\"\n[market_data]\ntimeframes = [\"2m\"]\n");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("`market_data.timeframes"), "{text}");
    }

    #[test]
    fn a_file_that_is_not_toml_names_line_and_column() {
        let text = message("[alerts]\nhistory = = 3\n");
        assert!(text.starts_with("FILE:2:11: expected TOML"), "{text}");
    }

    #[test]
    fn a_value_from_the_command_line_says_so() {
        let overrides = Overrides::default().with("run.speed", "fast");
        let error = load_with_environment(None, nothing(), &overrides).unwrap_err().to_string();
        assert!(error.starts_with("command line: ") && error.contains("expected a speed"), "{error}");
    }
}
