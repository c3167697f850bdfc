//! The command `config`: check, carry to another version, look at what held before, go back to it.

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use trading_services::config::{self, CURRENT, Overrides, Settings, carry, load, masked};
use trading_services::output::OutputFile;

use crate::commands::Failure;
#[cfg(feature = "store")]
use crate::store::StoreArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check the settings and print those that hold.
    Check {
        /// The configuration file (TOML).
        #[arg(long, value_name = "FILE.toml")]
        config: Option<PathBuf>,
    },
    /// Print the JSON schema of the settings, for editors.
    Schema,
    /// Carry a file to another version; comments stay.
    Migrate {
        /// The file.
        #[arg(long, value_name = "FILE.toml")]
        from: PathBuf,
        /// Where the result goes.
        #[arg(long, value_name = "FILE.toml")]
        out: PathBuf,
        /// The version; an older one for an older program.
        #[arg(long, default_value_t = CURRENT)]
        to: i64,
    },
    /// List the configurations that were accepted, with when and why.
    #[cfg(feature = "store")]
    Versions(StoreArgs),
    /// Print a configuration that was accepted.
    #[cfg(feature = "store")]
    Show {
        #[command(flatten)]
        store: StoreArgs,
        /// Its number in `config versions`.
        version: u64,
    },
    /// Print the keys in which two configurations differ.
    #[cfg(feature = "store")]
    Diff {
        #[command(flatten)]
        store: StoreArgs,
        /// The one.
        old: u64,
        /// The other one.
        new: u64,
    },
    /// List the changes of a key with when and why, the newest first: of parameters, modes of strategies, features.
    #[cfg(feature = "store")]
    History {
        #[command(flatten)]
        store: StoreArgs,
        /// A key, or what stands above several, such as `features` or `signals.crossover`; by default all keys.
        #[arg(default_value = "")]
        key: String,
    },
    /// Write the file of a configuration that was accepted over the one of `--config`; a platform that runs reads it then.
    #[cfg(feature = "store")]
    Rollback {
        #[command(flatten)]
        store: StoreArgs,
        /// Its number in `config versions`.
        version: u64,
    },
}

pub(crate) async fn run(command: ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check { config } => check(config.as_deref()),
        ConfigCommand::Schema => Ok(writeln!(stdout(), "{}", serde_json::to_string_pretty(&config::schema())?)?),
        ConfigCommand::Migrate { from, out, to } => migrate(&from, &out, to),
        #[cfg(feature = "store")]
        ConfigCommand::Versions(store) => kept::versions(&store).await,
        #[cfg(feature = "store")]
        ConfigCommand::Show { store, version } => kept::show(&store, version).await,
        #[cfg(feature = "store")]
        ConfigCommand::Diff { store, old, new } => kept::diff(&store, old, new).await,
        #[cfg(feature = "store")]
        ConfigCommand::History { store, key } => kept::history(&store, &key).await,
        #[cfg(feature = "store")]
        ConfigCommand::Rollback { store, version } => kept::roll_back(&store, version).await,
    }
}

fn check(config: Option<&Path>) -> Result<(), Failure> {
    let mut settings = load(config, &Overrides::default())?;
    warn(&settings);
    // What is behind the host may be a secret, and this output may end in a log.
    settings.alerts.webhook.url = settings.alerts.webhook.url.take().map(|url| masked(&url));
    Ok(write!(stdout(), "# valid\n{}", toml::to_string(&settings)?)?)
}

/// Says what a person should know of the file.
pub(crate) fn warn(settings: &Settings) {
    if let Some(warning) = settings.warning() {
        // If even this cannot be written, the settings hold all the same.
        let _ = writeln!(stderr(), "warning: {warning}");
    }
}

fn migrate(from: &Path, out: &Path, to: i64) -> Result<(), Failure> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", from.display());
    let text = std::fs::read_to_string(from).map_err(|error| said(&error))?;
    let carried = carry(&text, to).map_err(|error| said(&error))?;
    write(out, &carried, &[from])?;
    Ok(writeln!(stdout(), "{} has version {to}", out.display())?)
}

/// Writes a file as a whole or not at all.
fn write(path: &Path, text: &str, inputs: &[&Path]) -> Result<(), Failure> {
    let said = |error: std::io::Error| format!("{}: expected to write it: {error}", path.display());
    let mut file = OutputFile::create(path, inputs).map_err(said)?;
    file.write_all(text.as_bytes()).and_then(|()| file.finish()).map_err(|error| said(error).into())
}

#[cfg(feature = "store")]
mod kept {
    use super::*;
    use trading_services::ports::{ConfigChange, ConfigDifference, KeptConfiguration};

    pub(super) async fn versions(store: &StoreArgs) -> Result<(), Failure> {
        let mut out = stdout().lock();
        for KeptConfiguration { version, time, reason, text, .. } in store.admin()?.configurations().await? {
            let file = if text.is_some() { "" } else { ", without a file" };
            writeln!(out, "{version} {time} {reason}{file}")?;
        }
        Ok(out.flush()?)
    }

    pub(super) async fn show(store: &StoreArgs, version: u64) -> Result<(), Failure> {
        let kept = find(store, version).await?;
        let mut settings: toml::Table = kept.settings.parse()?;
        let webhook = settings.get_mut("alerts").and_then(|alerts| alerts.get_mut("webhook"));
        if let Some(toml::Value::String(url)) = webhook.and_then(|webhook| webhook.get_mut("url")) {
            *url = masked(url);
        }
        Ok(write!(stdout(), "# {} {}\n{settings}", kept.time, kept.reason)?)
    }

    pub(super) async fn diff(store: &StoreArgs, old: u64, new: u64) -> Result<(), Failure> {
        let (old, new) = (find(store, old).await?, find(store, new).await?);
        let mut out = stdout().lock();
        for difference in config::difference(&old.settings, &new.settings)? {
            writeln!(out, "{}", said(difference))?;
        }
        Ok(out.flush()?)
    }

    pub(super) async fn history(store: &StoreArgs, key: &str) -> Result<(), Failure> {
        let admin = store.admin()?;
        let (configurations, switches) = (admin.configurations().await?, admin.switches().await?);
        let mut out = stdout().lock();
        for ConfigChange { time, version, difference, reason } in config::changes(&configurations, &switches, key)? {
            let by = version.map_or_else(|| "by an operator".to_owned(), |version| format!("by version {version}"));
            writeln!(out, "{time} {}, {by}: {reason}", said(difference))?;
        }
        Ok(out.flush()?)
    }

    fn said(ConfigDifference { key, before, after, is_secret }: ConfigDifference) -> String {
        if is_secret {
            return format!("{key}: another one");
        }
        format!("{key}: {} -> {}", before.unwrap_or_default(), after.unwrap_or_default())
    }

    pub(super) async fn roll_back(store: &StoreArgs, version: u64) -> Result<(), Failure> {
        let file = store.config.as_deref().ok_or("expected the file to write to: `--config FILE.toml`")?;
        let text = find(store, version).await?.text.ok_or_else(|| {
            format!(
                "expected a configuration with a file, but {version} was without one; `config show {version}` has it"
            )
        })?;
        config::restore(file, &text, &Overrides::default())?;
        Ok(writeln!(stdout(), "{} is as in version {version}; a platform that runs reads it now", file.display())?)
    }

    async fn find(store: &StoreArgs, version: u64) -> Result<KeptConfiguration, Failure> {
        let all = store.admin()?.configurations().await?;
        let count = all.len();
        let found = all.into_iter().find(|kept| kept.version == version);
        found.ok_or_else(|| format!("expected a configuration from 1 to {count}, found {version}").into())
    }
}
