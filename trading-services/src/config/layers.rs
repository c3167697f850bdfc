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
pub struct Overrides(Vec<(String, Value)>);

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
        self.0.push((key.into(), value.into()));
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
    let mut figment = Figment::new();
    if let Some(file) = &file {
        figment = figment.merge(Layer {
            metadata: Metadata::from("file", Source::File(file.path.clone())),
            dict: file.dict.clone(),
        });
    }
    figment = figment.merge(environment);
    for (key, value) in &overrides.0 {
        let dict = figment::util::nest(key, value.clone()).into_dict().unwrap_or_default();
        figment = figment.merge(Layer { metadata: Metadata::named("command line"), dict });
    }

    let mut settings = extract(&figment, file.as_ref())?;
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
        let mut figment = Figment::from(Layer { metadata: Metadata::named("the settings that hold"), dict });
        for (key, value) in &overrides.0 {
            let dict = figment::util::nest(key, value.clone()).into_dict().unwrap_or_default();
            figment = figment.merge(Layer { metadata: Metadata::named(origin), dict });
        }
        extract(&figment, None)
    }
}

/// The settings of all layers, if every value is what is expected.
fn extract(figment: &Figment, file: Option<&FileLayer>) -> Result<Settings, ConfigError> {
    let settings: Settings = figment.extract().map_err(|error| {
        let problems = error.into_iter().map(|error| problem(error, file));
        ConfigError::Invalid(problems.collect())
    })?;
    let problems: Vec<_> = validate::violations(&settings)
        .into_iter()
        .map(|rule| Problem {
            key: rule.key.clone(),
            // A value of another form may stand where a table was: then that is where the key's value comes from.
            origin: origin(with_parents(&rule.key).find_map(|key| figment.find_metadata(key)), &rule.key, file),
            message: format!("expected {}, found {}", rule.expected, rule.found),
        })
        .collect();
    if problems.is_empty() { Ok(settings) } else { Err(ConfigError::Invalid(problems)) }
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
