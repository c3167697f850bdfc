//! The state in a folder: it outlives the process.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::runtime::{Handle, RuntimeFlavor};

use super::answers::{self, Answers, Remembered, Writes};
use super::database;
use super::lock::FolderLock;
use super::repositories::facts;
use super::writer::{Command, Condition, Question, Reply, Writer};
use crate::ports::{BacktestJob, BacktestResult, IStateManager, KeptConfiguration, ModeSwitch, StateError, StateFact};
use crate::store::Settings;
use crate::store::error::StoreError;
use crate::sync::lock;

/// Facts in SQLite, written by a thread of its own: what is urgent is on the disk before [`append`](IStateManager::append) returns,
/// the rest follows in batches and in its order.
///
/// One process writes to a folder. While the database is away, what is urgent is refused and the rest waits, as much of it
/// as the settings allow; it is written when the database is back.
///
/// ```
/// use trading_services::ports::{IStateManager, StateFact};
/// use trading_services::store::{DurableState, Settings};
///
/// let folder = tempfile::tempdir()?;
/// let fact = StateFact::Killed { reason: "the daily loss".to_owned() };
/// let state = DurableState::open(folder.path(), &Settings::default())?;
/// state.append(fact.clone())?;
/// drop(state);
/// assert_eq!(DurableState::open(folder.path(), &Settings::default())?.facts()?[..], [fact]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DurableState {
    folder: PathBuf,
    /// `None` once it is closed.
    commands: Option<SyncSender<Command>>,
    thread: Option<JoinHandle<()>>,
    /// What services go on from, as it was read at the start: all who are constructed share it.
    read: Mutex<Option<Arc<[StateFact]>>>,
    condition: Arc<Mutex<Condition>>,
    writes: Writes,
    answers: Answers,
}

/// How the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct StoreFigures {
    pub(in crate::store) fault: Option<String>,
    pub(in crate::store) slow: Option<std::time::Duration>,
    pub(in crate::store) lost: u64,
    pub(in crate::store) refused: u64,
    pub(in crate::store) written: u64,
    pub(in crate::store) unforgotten: Option<String>,
    /// Reads that the database has answered, and those that the cache has.
    pub(in crate::store) read: u64,
    pub(in crate::store) remembered: u64,
}

impl DurableState {
    /// Opens the state of a folder, makes what is not there, and brings an older schema to the newest one after a backup.
    ///
    /// # Errors
    /// [`StoreError`]: another process writes there, the schema is newer than this program, the folder cannot be written.
    pub fn open(folder: &Path, settings: &Settings) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Folder { path: folder.to_owned(), source };
        make_private(folder).map_err(failed)?;
        let held = FolderLock::take(folder)?;
        let condition = Arc::new(Mutex::new(Condition::default()));
        let (commands, asked) = sync_channel(settings.queue);
        let (opened, answer) = sync_channel(1);
        let (owner, settings, shared) = (folder.to_owned(), settings.clone(), Arc::clone(&condition));
        let writes = Writes::default();
        let counted = writes.clone();
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            // Let go of when the last write is done, and not before.
            let _held = held;
            write(&owner, &settings, shared, counted, &opened, &asked);
        });
        let thread = thread.map_err(failed)?;
        let read = answer.recv().map_err(|_| StoreError::Closed)??;
        Ok(Self {
            folder: folder.to_owned(),
            commands: Some(commands),
            thread: Some(thread),
            read: Mutex::new(Some(read.into())),
            condition,
            answers: Answers::new(writes.clone()),
            writes,
        })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Forgets what was read at the start: it would be in memory twice.
    pub(in crate::store) fn release(&self) {
        answers::describe();
        *lock(&self.read) = None;
    }

    pub(in crate::store) fn figures(&self) -> StoreFigures {
        let fault = self.fault();
        let (remembered, read) = self.answers.counts();
        let Condition { slow, lost, refused, written, unforgotten, .. } = &*lock(&self.condition);
        let (slow, unforgotten) = (*slow, unforgotten.clone());
        StoreFigures { fault, slow, lost: *lost, refused: *refused, written: *written, unforgotten, read, remembered }
    }

    fn read<T>(&self, question: impl FnOnce(Reply<T>) -> Question) -> Result<T, StateError> {
        self.ask(|reply| Command::Read(question(reply)))
    }

    /// What is remembered of such an answer, else what is read.
    fn remembered<K, V>(
        &self,
        kind: &Remembered<K, V>,
        key: K,
        question: impl FnOnce(Reply<V>) -> Question,
    ) -> Result<V, StateError>
    where
        K: Hash + Eq + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
    {
        without_blocking_others(|| self.answers.get(kind, key, || self.read(question)))
    }

    /// Keeps it soon.
    fn append_later(&self, fact: StateFact) {
        let Some(commands) = &self.commands else { return };
        match commands.try_send(Command::Later(fact)) {
            Ok(()) => {}
            // The thread is dead, which `fault` tells.
            Err(TrySendError::Disconnected(_)) => lock(&self.condition).lost += 1,
            // A queue that is full is waited for, unless nobody knows until when.
            Err(TrySendError::Full(_)) if self.fault().is_some() => lock(&self.condition).lost += 1,
            Err(TrySendError::Full(command)) => without_blocking_others(|| drop(commands.send(command))),
        }
    }

    fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, StateError> {
        let closed = || StateError(StoreError::Closed.to_string());
        let commands = self.commands.as_ref().ok_or_else(closed)?;
        let (reply, answer) = sync_channel(1);
        without_blocking_others(|| {
            commands.send(command(reply)).map_err(|_| closed())?;
            answer.recv().map_err(|_| closed())?
        })
    }
}

impl IStateManager for DurableState {
    fn append(&self, fact: StateFact) -> Result<(), StateError> {
        if !fact.is_history() {
            *lock(&self.read) = None;
        }
        if fact.is_urgent() {
            let condition = lock(&self.condition);
            if let (Some(fault), Some(again)) = (&condition.fault, condition.again)
                && Instant::now() < again
            {
                return Err(StateError(fault.clone()));
            }
            drop(condition);
            return self.ask(|reply| Command::Now(fact, reply));
        }
        let is_read = answers::is_read(&fact);
        self.append_later(fact);
        if is_read {
            // Once it is in the queue, and not before: what is read from then on has it.
            self.writes.count();
        }
        Ok(())
    }

    fn facts(&self) -> Result<Arc<[StateFact]>, StateError> {
        if let Some(read) = &*lock(&self.read) {
            return Ok(Arc::clone(read));
        }
        Ok(self.read(Question::Facts)?.into())
    }

    fn has_alert(&self, id: u64) -> Result<bool, StateError> {
        self.read(|reply| Question::HasAlert(id, reply))
    }

    fn configurations(&self) -> Result<Vec<KeptConfiguration>, StateError> {
        self.remembered(&self.answers.configurations, (), Question::Configurations)
    }

    fn switches(&self) -> Result<Vec<ModeSwitch>, StateError> {
        self.remembered(&self.answers.switches, (), Question::Switches)
    }

    fn backtests(&self) -> Result<Vec<BacktestJob>, StateError> {
        self.remembered(&self.answers.backtests, (), Question::Backtests)
    }

    fn backtest_result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError> {
        self.remembered(&self.answers.results, id, |reply| Question::BacktestResult(id, reply))
    }

    /// Beside the lock. That it cannot be written down is no reason not to run: `kill` then asks where the settings say.
    fn answers_at(&self, address: SocketAddr) {
        if let Err(error) = FolderLock::tell_address(&self.folder, address) {
            tracing::warn!("{}: where this platform answers is not written down: {error}", self.folder.display());
        }
    }

    fn flush(&self) -> Result<(), StateError> {
        self.ask(Command::Flush)
    }

    fn fault(&self) -> Option<String> {
        let is_dead = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        if is_dead { Some(StoreError::Closed.to_string()) } else { lock(&self.condition).fault.clone() }
    }
}

impl Drop for DurableState {
    /// Writes what waits.
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // It has told of its panic itself.
            let _ = without_blocking_others(|| thread.join());
        }
    }
}

/// Makes a folder that nobody else reads: settings are kept in it, and addresses of webhooks are secrets.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Waits in a way that lets other tasks of this thread go on elsewhere.
fn without_blocking_others<T>(wait: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}

/// The thread: opens, says what it has read, and writes.
fn write(
    folder: &Path,
    settings: &Settings,
    condition: Arc<Mutex<Condition>>,
    writes: Writes,
    opened: &SyncSender<Result<Vec<StateFact>, StoreError>>,
    asked: &Receiver<Command>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(source) => {
            let _ = opened.send(Err(StoreError::Folder { path: folder.to_owned(), source }));
            return;
        }
    };
    runtime.block_on(async {
        match open(folder, settings, condition, writes).await {
            Ok((writer, read)) => {
                let _ = opened.send(Ok(read));
                writer.run(asked).await;
            }
            Err(error) => drop(opened.send(Err(error))),
        }
    });
}

async fn open(
    folder: &Path,
    settings: &Settings,
    condition: Arc<Mutex<Condition>>,
    writes: Writes,
) -> Result<(Writer, Vec<StateFact>), StoreError> {
    let path = database::file_in(folder);
    let mut connection = database::connect(&path, settings.busy_timeout, true).await?;
    if let Some(backup) = database::bring_up(&mut connection, folder).await? {
        tracing::info!(
            "the schema of {} was changed; before that it was copied to {}",
            path.display(),
            backup.display()
        );
    }
    let seq = facts::next_seq(&mut connection).await.map_err(|fault| fault.at(&path))?;
    let mut read = facts::all(&mut connection, facts::HISTORY).await.map_err(|fault| fault.at(&path))?;
    let mut writer = Writer {
        folder: folder.to_owned(),
        path: path.clone(),
        busy_timeout: settings.busy_timeout,
        write_every: settings.write_every,
        most: settings.queue,
        connection: Some(connection),
        seq,
        waiting: Vec::new(),
        marks: BTreeMap::new(),
        condition,
        writes,
        keep: settings.keep,
        swept: None,
        sweep: None,
    };
    writer.begin_sweep(read.iter().filter_map(StateFact::time).max());
    let mut gone = 0;
    // Nobody waits for the writer yet, and services do not go on from what is forgotten.
    while writer.sweep.is_some() {
        gone += writer.go_on_sweeping().await;
    }
    if writer.connection.is_none() {
        // It could not forget: what it had forgotten before that is gone all the same.
        writer.connection = Some(writer.reconnect().await?);
    }
    if gone > 0
        && let Some(connection) = &mut writer.connection
    {
        read = facts::all(connection, facts::HISTORY).await.map_err(|fault| fault.at(&path))?;
    }
    Ok((writer, read))
}

#[cfg(test)]
mod tests {
    use super::super::repositories::ages;
    use super::*;
    use crate::model::Timestamp;
    use crate::ports::EquityPoint;

    #[test]
    fn a_thread_that_has_died_is_a_fault_and_what_it_was_to_keep_is_counted_as_lost() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = DurableState::open(folder.path(), &Settings::default()).unwrap();
        // The thread ends with those who ask it, and these find nobody.
        state.commands = Some(sync_channel(1).0);
        while !state.thread.as_ref().unwrap().is_finished() {
            std::thread::yield_now();
        }
        let value = StateFact::Preferred { name: "view".to_owned(), value: None };
        state.append(value).unwrap();
        let closed = StoreError::Closed.to_string();
        assert_eq!((state.fault(), state.figures().lost), (Some(closed.clone()), 1));
        assert_eq!(state.append(StateFact::Killed { reason: "late".to_owned() }), Err(StateError(closed)));
    }

    #[test]
    fn who_asks_while_old_rows_are_forgotten_waits_for_some_of_them_only() {
        const DAY: u64 = 86_400_000_000_000;
        let valued = |day: u64| {
            let time = Timestamp::from_nanos((20_000 + day) * DAY);
            StateFact::Valued(EquityPoint { time, equity: rust_decimal::Decimal::ONE })
        };
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { keep: Some(std::time::Duration::from_secs(3 * 86_400)), ..Settings::default() };
        let state = DurableState::open(folder.path(), &settings).unwrap();
        let old = usize::try_from(10 * ages::CHUNK).unwrap();
        (0..old).for_each(|_| state.append(valued(1)).unwrap());
        state.flush().unwrap();
        state.append(valued(9)).unwrap();
        // Both are in the queue before the writer has forgotten the first rows.
        let commands = state.commands.as_ref().unwrap();
        let ((flushed, flush), (replied, answer)) = (sync_channel(1), sync_channel(1));
        commands.send(Command::Flush(flushed)).unwrap();
        commands.send(Command::Read(Question::Facts(replied))).unwrap();
        flush.recv().unwrap().unwrap();
        let left = answer.recv().unwrap().unwrap().len();
        assert!(left > 1, "an answer comes before all old rows are gone");
        while *state.facts().unwrap() != [valued(9)] {}
    }

    /// The texts of the configurations that are kept.
    fn versions(state: &DurableState) -> Vec<String> {
        state.configurations().unwrap().into_iter().map(|kept| kept.settings).collect()
    }

    fn configured(settings: &str) -> StateFact {
        let (settings, text, reason) = (settings.to_owned(), None, "the test".to_owned());
        StateFact::Configured { settings, text, reason, time: Timestamp::default() }
    }

    #[test]
    fn all_who_are_constructed_share_one_list_until_something_is_added_that_they_go_on_from() {
        let folder = tempfile::tempdir().unwrap();
        let state = DurableState::open(folder.path(), &Settings::default()).unwrap();
        let read = state.facts().unwrap();
        state.append(configured("a = 1")).unwrap();
        assert!(Arc::ptr_eq(&read, &state.facts().unwrap()), "a version of the settings is for people alone");
        let killed = StateFact::Killed { reason: "the test".to_owned() };
        state.append(killed.clone()).unwrap();
        assert_eq!(state.facts().unwrap()[..], [killed]);
    }

    #[test]
    fn an_answer_is_remembered_until_another_may_be_right() {
        let folder = tempfile::tempdir().unwrap();
        let state = DurableState::open(folder.path(), &Settings::default()).unwrap();
        state.append(configured("a = 1")).unwrap();
        state.flush().unwrap();
        for _ in 0..3 {
            assert_eq!(versions(&state), ["a = 1"]);
        }
        let counts = || (state.figures().remembered, state.figures().read);
        assert_eq!(counts(), (2, 1));
        // What changes no answer lets them stay.
        state.append(StateFact::Preferred { name: "view".to_owned(), value: None }).unwrap();
        assert_eq!((versions(&state), counts()), (vec!["a = 1".to_owned()], (3, 1)));
        for number in 2..=20 {
            state.append(configured(&format!("a = {number}"))).unwrap();
            assert_eq!(versions(&state).len(), number, "what was added is in the next answer");
        }
        state.flush().unwrap();
        assert_eq!(state.backtest_result(1).unwrap(), None);
        assert_eq!(state.backtest_result(2).unwrap(), None);
        let before = counts();
        assert_eq!(state.backtest_result(1).unwrap(), None);
        assert_eq!(counts(), (before.0 + 1, before.1), "each has an answer of its own");
    }
}
