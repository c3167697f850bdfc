//! Administration of a state folder: status, migration, rollback, backup, restore, acknowledgement.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;
use sqlx::{Connection, SqliteConnection};

use super::lock::FolderLock;
use super::repositories::ages::Sweep;
use super::repositories::{account, alerts, configurations, facts, history, opportunities, schema, switches};
use super::{check, database};
use crate::model::{Candle, InstrumentId, Timeframe, Timestamp};
use crate::output;
use crate::ports::{KeptAlert, KeptConfiguration, KeptOpportunity, ModeSwitch, StateFact, kill_reason};
use crate::store::Settings;
use crate::store::error::{Fault, StoreError};
use crate::store::migrations::{self, Step};

/// So many candles are written at once: a platform that runs must not wait for a whole file.
const CHUNK: usize = 1_000;

/// The state of a folder, for commands. What changes the schema or the file needs the folder for itself; the rest works
/// beside a platform that runs.
#[derive(Debug, Clone)]
pub struct StoreAdmin {
    folder: PathBuf,
    busy_timeout: Duration,
}

/// How a state is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// The file of the database.
    pub path: PathBuf,
    /// Its size in bytes, without what is not folded into it yet.
    pub bytes: u64,
    /// Every step of the schema.
    pub steps: Vec<Step>,
    /// How many rows each table has.
    pub rows: Vec<(&'static str, i64)>,
    /// The backups beside it.
    pub backups: Vec<PathBuf>,
}

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StoreCheck {
    /// How many facts were read.
    pub facts: usize,
    /// How many positions were derived from the fills.
    pub positions: usize,
    /// What is wrong; nothing for a state that can be relied on.
    pub problems: Vec<String>,
}

impl StoreAdmin {
    /// The state of that folder.
    pub fn of(folder: &Path, settings: &Settings) -> Self {
        Self { folder: folder.to_owned(), busy_timeout: settings.busy_timeout }
    }

    /// Where its database is, or would be.
    pub fn path(&self) -> PathBuf {
        database::file_in(&self.folder)
    }

    /// How it is.
    ///
    /// # Errors
    /// [`StoreError`]: there is none, or a newer program has written it.
    pub async fn status(&self) -> Result<StoreStatus, StoreError> {
        let (mut connection, version) = self.connect().await?;
        let (path, steps) = (self.path(), migrations::steps(version));
        let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        let rows = schema::rows(&mut connection).await.map_err(|fault| fault.at(&path))?;
        let backups = std::fs::read_dir(self.folder.join("backups"));
        let backups = backups.map(|files| files.filter_map(Result::ok).map(|file| file.path()).collect());
        let mut backups: Vec<_> = backups.unwrap_or_default();
        backups.sort();
        self.close(connection).await?;
        Ok(StoreStatus { path, bytes, steps, rows, backups })
    }

    /// Brings the schema to the newest one; returns the backup that was made before, if there was anything to do.
    ///
    /// # Errors
    /// [`StoreError`]; the database is then as it was.
    pub async fn migrate(&self) -> Result<Option<PathBuf>, StoreError> {
        let _held = self.hold()?;
        let (mut connection, _) = self.connect().await?;
        let backup = database::bring_up(&mut connection, &self.folder).await?;
        self.close(connection).await?;
        Ok(backup)
    }

    /// Takes the schema back, and with it what it had room for; returns the backup that was made before.
    ///
    /// # Errors
    /// [`StoreError`]; the database is then as it was before the step that failed.
    pub async fn roll_back(&self, target: i64) -> Result<PathBuf, StoreError> {
        let _held = self.hold()?;
        let (mut connection, found) = self.connect().await?;
        if !(0..=found).contains(&target) {
            return Err(StoreError::NoSuchSchema { found, target });
        }
        let backup = database::free_backup(&self.folder, &format!("schema-{found}"))?;
        database::copy(&mut connection, &self.path(), &backup).await?;
        schema::roll_back(&mut connection, &self.path(), target).await?;
        self.close(connection).await?;
        Ok(backup)
    }

    /// Copies the state as it is now, also while a platform writes; returns where it is.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is at that place then.
    pub async fn back_up(&self, out: Option<&Path>) -> Result<PathBuf, StoreError> {
        let (mut connection, version) = self.connect().await?;
        let target = match out {
            Some(path) if path.exists() => return Err(StoreError::Exists { path: path.to_owned() }),
            Some(path) => path.to_owned(),
            None => database::free_backup(&self.folder, &format!("backup-schema-{version}"))?,
        };
        database::copy(&mut connection, &self.path(), &target).await?;
        self.close(connection).await?;
        Ok(target)
    }

    /// Puts a backup in the place of the state; returns where the state that was there is now.
    ///
    /// # Errors
    /// [`StoreError`]: the file is no backup, or a newer program has made it; the state is then as it was.
    pub async fn restore(&self, backup: &Path) -> Result<Option<PathBuf>, StoreError> {
        let failed = |source| StoreError::Folder { path: self.folder.clone(), source };
        if !backup.is_file() {
            return Err(StoreError::NotABackup { path: backup.to_owned(), found: "no file".to_owned() });
        }
        let no_backup = |found: String| StoreError::NotABackup { path: backup.to_owned(), found };
        if output::is_same(backup, &self.path()) {
            return Err(no_backup("the state itself".to_owned()));
        }
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        let _held = FolderLock::take(&self.folder)?;
        let mut source = database::connect_to_read(backup).await?;
        let version = schema::refuse_newer(&mut source, backup).await;
        let version = match version {
            Err(StoreError::Database { source, .. }) => return Err(no_backup(source.to_string())),
            other => other?,
        };
        if version == 0 {
            return Err(no_backup("a database without a state".to_owned()));
        }
        let damage = check::integrity(&mut source).await.map_err(|fault| fault.at(backup))?;
        if let Some(damage) = damage.first() {
            return Err(no_backup(format!("a damaged one: {damage}")));
        }
        let before = if self.path().is_file() { Some(self.put_aside().await?) } else { None };
        // What the old log says of the old file must not be said of the new one.
        for suffix in ["-wal", "-shm"] {
            let log = beside(&self.path(), suffix);
            if log.exists() {
                std::fs::remove_file(log).map_err(failed)?;
            }
        }
        database::copy(&mut source, backup, &self.path()).await?;
        self.close(source).await?;
        Ok(before)
    }

    /// Copies the state before another one takes its place. One that is damaged is copied as it is, with its write-ahead
    /// log, which has what was written last: that it is damaged may be why it is replaced.
    async fn put_aside(&self) -> Result<PathBuf, StoreError> {
        let failed = |source| StoreError::Folder { path: self.folder.clone(), source };
        let (path, place) = (self.path(), database::free_backup(&self.folder, "before-restore")?);
        let (log, log_aside) = (beside(&path, "-wal"), beside(&place, "-wal"));
        // Before anybody connects: who closes a damaged database may remove its log.
        if log.exists() {
            std::fs::copy(log, &log_aside).map_err(failed)?;
        }
        let copied = match database::connect(&path, self.busy_timeout, false).await {
            Ok(mut connection) => {
                let copied = database::copy(&mut connection, &path, &place).await;
                let _ = connection.close().await;
                copied
            }
            Err(error) => Err(error),
        };
        match copied {
            Ok(()) if log_aside.exists() => std::fs::remove_file(log_aside).map_err(failed)?,
            Ok(()) => {}
            Err(_) => drop(std::fs::copy(path, &place).map_err(failed)?),
        }
        Ok(place)
    }

    /// Looks at every row, and derives again what is derived.
    ///
    /// # Errors
    /// [`StoreError`]: it cannot be read at all. What is wrong in it is in the answer.
    pub async fn check(&self) -> Result<StoreCheck, StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let found = check::all(&mut connection, &self.path()).await?;
        self.close(connection).await?;
        Ok(found)
    }

    /// The last alerts with what became of them, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alerts(&self, most: usize) -> Result<Vec<KeptAlert>, StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = alerts::list(&mut connection, most).await.map_err(|fault| fault.at(&self.path()))?;
        self.close(connection).await?;
        Ok(found)
    }

    /// The configurations that were accepted, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn configurations(&self) -> Result<Vec<KeptConfiguration>, StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let found = configurations::list(&mut connection).await.map_err(|fault| fault.at(&self.path()))?;
        self.close(connection).await?;
        Ok(found)
    }

    /// The modes that operators have switched, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn switches(&self) -> Result<Vec<ModeSwitch>, StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let found = switches::list(&mut connection).await.map_err(|fault| fault.at(&self.path()))?;
        self.close(connection).await?;
        Ok(found)
    }

    /// What trading modules have seen last, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn opportunities(&self, most: usize) -> Result<Vec<KeptOpportunity>, StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = opportunities::list(&mut connection, most).await.map_err(|fault| fault.at(&self.path()))?;
        self.close(connection).await?;
        Ok(found)
    }

    /// Says that somebody has seen an alert; false when there is none of that number. The platform must not run: it has
    /// read who has seen what, and would go on without this.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn acknowledge(&self, alert: u64, by: &str) -> Result<bool, StoreError> {
        let _held = self.hold()?;
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let failed = |fault: Fault| fault.at(&self.path());
        let is_known = alerts::is_known(&mut connection, alert).await.map_err(failed)?;
        if is_known {
            alerts::acknowledge(&mut connection, alert, by, SystemTime::now().into()).await.map_err(failed)?;
        }
        self.close(connection).await?;
        Ok(is_known)
    }

    /// Keeps what a channel said of an alert that was sent again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn redelivered(&self, alert: u64, channel: &str, error: Option<&str>) -> Result<(), StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let now = SystemTime::now().into();
        let kept = alerts::set_delivery(&mut connection, alert, channel, now, error).await;
        kept.map_err(|fault| fault.at(&self.path()))?;
        self.close(connection).await
    }

    /// The candles that are kept of an instrument, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn candles(&self, instrument: &InstrumentId, timeframe: Timeframe) -> Result<Vec<Candle>, StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let found = history::candles(&mut connection, instrument, timeframe).await;
        let found = found.map_err(|fault| fault.at(&self.path()))?;
        self.close(connection).await?;
        Ok(found)
    }

    /// Keeps candles, a thousand at a time; those of the same time are replaced. It says how many there are so far.
    ///
    /// A platform that runs writes in between. What fails on the way leaves the thousands before it: to import again is to
    /// replace them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_candles(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        candles: &[Candle],
        mut told: impl FnMut(u64),
    ) -> Result<(), StoreError> {
        let failed = |source| StoreError::Database { path: self.path(), source };
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let mut count = 0;
        for some in candles.chunks(CHUNK) {
            let began = Instant::now();
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
            for candle in some {
                let kept = history::set_candle(&mut transaction, instrument, timeframe, candle).await;
                kept.map_err(|fault| fault.at(&self.path()))?;
                count += 1;
                told(count);
            }
            transaction.commit().await.map_err(failed)?;
            let_others(began).await;
        }
        self.close(connection).await
    }

    /// Forgets candles, values of the account, changes of health, opportunities, back-tests, signals, and alerts that have
    /// arrived or were acknowledged, from before a time, and peaks and days before the last one; returns how many there were.
    /// A platform that runs writes in between.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let mut sweep = Sweep::new(before);
        while !sweep.is_over() {
            let began = Instant::now();
            sweep.go_on(&mut connection).await.map_err(|fault| fault.at(&self.path()))?;
            let_others(began).await;
        }
        self.close(connection).await?;
        Ok(sweep.gone)
    }

    /// Lets trading go on that has ended; false when it had not. The platform must not run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resume(&self, reason: &str) -> Result<bool, StoreError> {
        self.switch_trading(StateFact::Resumed { reason: reason.to_owned() }).await
    }

    /// Ends all trading: the next start cancels what is open and, if `risk.flatten` says so, closes what is held. False if it
    /// had ended before.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Held`] while a platform runs, which is asked over its API.
    pub async fn kill(&self, reason: &str) -> Result<bool, StoreError> {
        self.switch_trading(StateFact::Killed { reason: kill_reason(reason) }).await
    }

    /// Notes that trading has ended or goes on again; false where it is so already.
    async fn switch_trading(&self, fact: StateFact) -> Result<bool, StoreError> {
        let _held = self.hold()?;
        let mut connection = database::connect_newest(&self.folder, self.busy_timeout).await?;
        let failed = |fault: Fault| fault.at(&self.path());
        let is_killed = account::is_killed(&mut connection).await.map_err(failed)?;
        let changes = is_killed != matches!(fact, StateFact::Killed { .. });
        if changes {
            let seq = facts::next_seq(&mut connection).await.map_err(failed)?;
            facts::insert(&mut connection, seq, &fact).await.map_err(failed)?;
        }
        self.close(connection).await?;
        Ok(changes)
    }

    /// The folder for itself. A folder without a database stays as it is: it is the wrong one.
    fn hold(&self) -> Result<FolderLock, StoreError> {
        let path = self.path();
        if !path.is_file() {
            return Err(StoreError::Missing { path, folder: self.folder.clone() });
        }
        FolderLock::take(&self.folder)
    }

    async fn connect(&self) -> Result<(SqliteConnection, i64), StoreError> {
        database::connect_existing(&self.folder, self.busy_timeout).await
    }

    async fn close(&self, connection: SqliteConnection) -> Result<(), StoreError> {
        connection.close().await.map_err(|source| StoreError::Database { path: self.path(), source })
    }
}

/// Waits for as long as the last transaction took: SQLite has no queue, and who waits for the database looks now and then
/// whether it is free.
async fn let_others(began: Instant) {
    tokio::time::sleep(began.elapsed()).await;
}

/// The file that SQLite has beside a database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
