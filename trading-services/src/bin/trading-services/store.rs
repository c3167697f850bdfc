//! The commands `db` and `resume`: what a person does with the state of a platform.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use trading_services::config::{Overrides, load};
use trading_services::model::Timestamp;
use trading_services::store::{Location, StoreAdmin};

use crate::cli::state_folder;
use crate::commands::Failure;

/// Which state.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// The folder of the state; by default `store.folder` of the settings, else the user's.
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Print the schema, the number of rows and the backups.
    Status(StoreArgs),
    /// Bring the schema to the newest one, after a backup. A run does so by itself.
    Migrate(StoreArgs),
    /// Take the schema back for an older program, after a backup. What that has no room for is in the backup only.
    Rollback {
        #[command(flatten)]
        store: StoreArgs,
        /// The schema to go back to; `db status` lists them.
        #[arg(long, value_name = "SCHEMA")]
        to: i64,
    },
    /// Copy the state as it is now, also while the platform runs.
    Backup {
        #[command(flatten)]
        store: StoreArgs,
        /// Where to; by default among the backups of the state.
        #[arg(long, value_name = "FILE.db")]
        out: Option<PathBuf>,
    },
    /// Put a backup in the place of the state; what was there is among its backups.
    Restore {
        #[command(flatten)]
        store: StoreArgs,
        /// The backup.
        #[arg(long, value_name = "FILE.db")]
        from: PathBuf,
    },
    /// Print what trading modules have seen last, the newest first.
    Opportunities {
        #[command(flatten)]
        store: StoreArgs,
        /// How many at most.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Forget candles, values of the account, changes of health, opportunities, back-tests, signals, and alerts that have
    /// arrived or were acknowledged, from before a time; orders stay.
    Forget {
        #[command(flatten)]
        store: StoreArgs,
        /// `2024-01-01T00:00:00Z`, by the clock of the platform.
        #[arg(long, value_name = "TIME")]
        before: Timestamp,
    },
    /// Read every row, and derive again what is derived.
    Check(StoreArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Why trading may go on; it is kept.
    #[arg(long)]
    reason: String,
}

impl StoreArgs {
    pub(crate) fn admin(&self) -> Result<StoreAdmin, Failure> {
        let settings = load(self.config.as_deref(), &Overrides::default())?.store;
        let folder = match (&self.store, &settings.folder) {
            (Some(folder), _) => Some(folder.clone()),
            (None, Some(Location::Folder(folder))) => Some(folder.clone()),
            (None, Some(Location::Memory)) => {
                return Err(
                    "expected a folder with a state, but `store.folder` is none; say which with `--store`".into()
                );
            }
            (None, None) => state_folder(),
        };
        let folder = folder.ok_or("expected a home for the state; say which folder with `--store`")?;
        Ok(StoreAdmin::of(&folder, &settings))
    }
}

pub(crate) async fn db(command: DbCommand) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match command {
        DbCommand::Status(store) => {
            let status = store.admin()?.status().await?;
            writeln!(out, "{}: {} bytes", status.path.display(), status.bytes)?;
            for step in &status.steps {
                let applied = if step.applied { "" } else { " (missing: `db migrate` adds it)" };
                writeln!(out, "  schema {} {}{applied}", step.version, step.name)?;
            }
            for (table, rows) in &status.rows {
                writeln!(out, "  {table:<16} {rows} rows")?;
            }
            for backup in &status.backups {
                writeln!(out, "  backup {}", backup.display())?;
            }
        }
        DbCommand::Migrate(store) => match store.admin()?.migrate().await? {
            Some(backup) => {
                writeln!(out, "the schema is the newest one; before that, it was copied to {}", backup.display())?;
            }
            None => writeln!(out, "the schema is the newest one")?,
        },
        DbCommand::Rollback { store, to } => {
            let backup = store.admin()?.roll_back(to).await?;
            writeln!(out, "the schema is {to}; before that, it was copied to {}", backup.display())?;
        }
        DbCommand::Backup { store, out: target } => {
            let backup = store.admin()?.back_up(target.as_deref()).await?;
            writeln!(out, "copied to {}", backup.display())?;
        }
        DbCommand::Restore { store, from } => match store.admin()?.restore(&from).await? {
            Some(before) => writeln!(out, "restored; what was there is in {}", before.display())?,
            None => writeln!(out, "restored")?,
        },
        DbCommand::Opportunities { store, limit } => {
            for kept in store.admin()?.opportunities(limit).await? {
                writeln!(out, "{kept}")?;
            }
        }
        DbCommand::Forget { store, before } => {
            let gone = store.admin()?.forget(before).await?;
            writeln!(out, "{gone} rows from before {before} are gone")?;
        }
        DbCommand::Check(store) => {
            let check = store.admin()?.check().await?;
            if !check.problems.is_empty() {
                return Err(check.problems.join("\n").into());
            }
            writeln!(out, "in order: {} facts, {} positions as their fills say", check.facts, check.positions)?;
        }
    }
    Ok(out.flush()?)
}

pub(crate) async fn resume(args: &ResumeArgs) -> Result<(), Failure> {
    let was_killed = args.store.admin()?.resume(&args.reason).await?;
    let said = if was_killed { "trading goes on with the next start" } else { "trading had not ended" };
    Ok(writeln!(stdout(), "{said}")?)
}
