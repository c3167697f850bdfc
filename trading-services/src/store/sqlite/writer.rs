//! The one thread that writes: what is urgent at once, the rest in batches.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use sqlx::error::ErrorKind;
use sqlx::{Connection, SqliteConnection};

use super::answers::{self, Writes};
use super::database;
use super::repositories::ages::Sweep;
use super::repositories::{alerts, backtests, configurations, facts, switches};
use crate::model::{InstrumentId, Timestamp};
use crate::ports::{BacktestJob, BacktestResult, KeptConfiguration, ModeSwitch, StateError, StateFact};
use crate::store::error::{Fault, StoreError};
use crate::sync::lock;

/// Facts in one transaction at most.
const BATCH: usize = 1_024;

/// A write that takes longer is told of.
const SLOW: Duration = Duration::from_secs(1);

/// How often old rows are forgotten, by the times of what is kept.
const SWEEP_EVERY: Duration = Duration::from_secs(86_400);

pub(super) type Reply<T> = SyncSender<Result<T, StateError>>;

/// What the thread is asked for.
pub(super) enum Command {
    /// To keep this soon.
    Later(StateFact),
    /// To keep this now, and to say so.
    Now(StateFact, Reply<()>),
    /// To keep everything that was added before.
    Flush(Reply<()>),
    /// To read what was added before.
    Read(Question),
}

/// What is read.
pub(super) enum Question {
    /// Everything that services go on from.
    Facts(Reply<Vec<StateFact>>),
    /// Whether there is an alert of that number.
    HasAlert(u64, Reply<bool>),
    /// The configurations that were accepted.
    Configurations(Reply<Vec<KeptConfiguration>>),
    /// The modes that operators have switched.
    Switches(Reply<Vec<ModeSwitch>>),
    /// The back-tests.
    Backtests(Reply<Vec<BacktestJob>>),
    /// What came of one of them.
    BacktestResult(u64, Reply<Option<Arc<BacktestResult>>>),
}

/// How the store is, for those who do not write.
#[derive(Debug, Default)]
pub(super) struct Condition {
    /// Why nothing can be kept now.
    pub(super) fault: Option<String>,
    /// Until when nobody is made to wait for another attempt.
    pub(super) again: Option<Instant>,
    /// How long the last write took, if that was long.
    pub(super) slow: Option<Duration>,
    /// Facts that were given up: for people alone, while too many waited.
    pub(super) lost: u64,
    /// Facts that contradict what is kept.
    pub(super) refused: u64,
    /// Facts that were written.
    pub(super) written: u64,
    /// Why old rows could not be forgotten the last time, if so.
    pub(super) unforgotten: Option<String>,
}

pub(super) struct Writer {
    pub(super) folder: PathBuf,
    pub(super) path: PathBuf,
    pub(super) busy_timeout: Duration,
    pub(super) write_every: Duration,
    /// How many facts may wait while the database is away.
    pub(super) most: usize,
    /// `None` after a failure: the next write connects again.
    pub(super) connection: Option<SqliteConnection>,
    pub(super) seq: i64,
    pub(super) waiting: Vec<StateFact>,
    /// The last price of each instrument that waits.
    pub(super) marks: BTreeMap<InstrumentId, StateFact>,
    pub(super) condition: Arc<Mutex<Condition>>,
    /// Hears what is on the disk.
    pub(super) writes: Writes,
    /// How long rows are kept that have an age.
    pub(super) keep: Option<Duration>,
    /// The last time of what is kept when old rows were forgotten last.
    pub(super) swept: Option<Timestamp>,
    /// The old rows that are being forgotten.
    pub(super) sweep: Option<Sweep>,
}

/// What is done after a group of commands was taken.
#[derive(Default)]
struct Round {
    urgent: Vec<(StateFact, Reply<()>)>,
    flushes: Vec<Reply<()>>,
    questions: Vec<Question>,
}

/// What became of a group of facts.
struct Kept {
    /// Of those that are urgent, as far as the database was reached.
    answers: Vec<Result<(), StateError>>,
    /// Why the rest could not be written, if so.
    failure: Option<StateError>,
    /// The latest time of all that was to be written.
    last: Option<Timestamp>,
}

impl Round {
    fn is_empty(&self) -> bool {
        self.urgent.is_empty() && self.flushes.is_empty() && self.questions.is_empty()
    }
}

impl Writer {
    /// Writes until nobody can ask any more, and then what is left.
    pub(super) async fn run(mut self, commands: &Receiver<Command>) {
        let mut due: Option<Instant> = None;
        loop {
            let mut patience = due.map(|due| due.saturating_duration_since(Instant::now()));
            if self.sweep.is_some() {
                // Between some old rows and the next, everybody has a turn.
                patience = Some(Duration::ZERO);
            }
            let next = match patience {
                None => commands.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(patience) => commands.recv_timeout(patience),
            };
            let mut round = Round::default();
            let is_over = match next {
                Ok(command) => {
                    self.take(command, &mut round);
                    // What else is there is written with it: one commit for all.
                    while round.urgent.len() < BATCH
                        && self.waiting.len() < BATCH
                        && let Ok(command) = commands.try_recv()
                    {
                        self.take(command, &mut round);
                    }
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            let is_due = due.is_some_and(|due| due <= Instant::now());
            let is_away = lock(&self.condition).fault.is_some();
            if !round.is_empty() || is_due || is_over || (self.waiting.len() >= BATCH && !is_away) {
                self.write(round).await;
                due = None;
            }
            if is_over {
                break;
            }
            self.go_on_sweeping().await;
            if due.is_none() && !(self.waiting.is_empty() && self.marks.is_empty()) {
                due = Instant::now().checked_add(self.write_every);
            }
        }
        if let Some(connection) = self.connection.take() {
            // What is not folded into the file now is read from the write-ahead log the next time.
            let _ = connection.close().await;
        }
    }

    fn take(&mut self, command: Command, round: &mut Round) {
        match command {
            Command::Now(fact, reply) => round.urgent.push((fact, reply)),
            Command::Flush(reply) => round.flushes.push(reply),
            Command::Read(question) => round.questions.push(question),
            Command::Later(fact) => self.wait(fact),
        }
    }

    fn wait(&mut self, fact: StateFact) {
        if let StateFact::Marked { instrument, .. } = &fact {
            self.marks.insert(instrument.clone(), fact);
        } else if self.waiting.len() >= self.most && lock(&self.condition).fault.is_some() {
            lock(&self.condition).lost += 1;
        } else {
            self.waiting.push(fact);
        }
    }

    async fn write(&mut self, round: Round) {
        let Round { urgent, flushes, questions } = round;
        let began = Instant::now();
        let (facts, replies): (Vec<_>, Vec<_>) = urgent.into_iter().unzip();
        let Kept { answers, failure, last } = self.keep(&facts).await;
        self.tell(failure.as_ref(), began.elapsed());
        let unreached = failure.clone().map_or(Ok(()), Err);
        let answers = answers.into_iter().chain(std::iter::repeat(unreached.clone()));
        for (reply, answer) in replies.iter().zip(answers) {
            // Who asked may have gone.
            let _ = reply.send(answer);
        }
        flushes.iter().for_each(|reply| drop(reply.send(unreached.clone())));
        for question in questions {
            self.answer(question).await;
        }
        self.begin_sweep(last);
    }

    /// Who asked may have gone.
    async fn answer(&mut self, question: Question) {
        match question {
            Question::Facts(reply) => {
                drop(reply.send(self.read(async |connection| facts::all(connection, facts::HISTORY).await).await));
            }
            Question::HasAlert(id, reply) => {
                drop(reply.send(self.read(async |connection| alerts::is_known(connection, id).await).await));
            }
            Question::Configurations(reply) => drop(reply.send(self.read(configurations::list).await)),
            Question::Switches(reply) => drop(reply.send(self.read(switches::list).await)),
            Question::Backtests(reply) => drop(reply.send(self.read(backtests::list).await)),
            Question::BacktestResult(id, reply) => {
                drop(reply.send(self.read(async |connection| backtests::result(connection, id).await).await));
            }
        }
    }

    /// Writes what waits, and then these. Each of these has an answer of its own, for one may contradict what is kept.
    async fn keep(&mut self, urgent: &[StateFact]) -> Kept {
        let path = self.path.clone();
        let said = |fault: Fault| StateError(fault.at(&path).to_string());
        let mut connection = match self.take_connection().await {
            Ok(connection) => connection,
            Err(error) => {
                return Kept { answers: Vec::new(), failure: Some(StateError(error.to_string())), last: None };
            }
        };
        let marks: Vec<_> = self.marks.values().cloned().collect();
        let all: Vec<_> = self.waiting.iter().chain(&marks).chain(urgent).collect();
        let mut seq = self.seq;
        // What became of each, up to where the database failed.
        let mut outcomes = Vec::new();
        let mut failure = None;
        match insert_all(&mut connection, &mut seq, &all).await {
            Ok(()) => outcomes.resize(all.len(), Ok(())),
            Err(fault) if is_contradiction(&fault) => {
                // One of them contradicts what is kept; the others do not suffer.
                for fact in &all {
                    match insert_all(&mut connection, &mut seq, &[*fact]).await {
                        Ok(()) => outcomes.push(Ok(())),
                        Err(fault) if is_contradiction(&fault) => {
                            let error = said(fault);
                            tracing::error!("a fact contradicts what is kept, and is left out: {error}: {fact:?}");
                            outcomes.push(Err(error));
                        }
                        Err(fault) => {
                            failure = Some(said(fault));
                            break;
                        }
                    }
                }
            }
            Err(fault) => failure = Some(said(fault)),
        }
        let (before, refused) =
            (self.waiting.len() + marks.len(), outcomes.iter().filter(|outcome| outcome.is_err()).count());
        let last = all.iter().filter_map(|fact| fact.time()).max();
        if all.iter().take(outcomes.len()).any(|fact| answers::is_read(fact)) {
            self.writes.count();
        }
        self.settle(outcomes.len(), refused);
        self.seq = seq;
        // After a failure, the next write connects again.
        self.connection = failure.is_none().then_some(connection);
        Kept { answers: outcomes.split_off(before.min(outcomes.len())), failure, last }
    }

    /// Forgets the first of those that wait: they are written, or refused for good.
    fn settle(&mut self, done: usize, refused: usize) {
        let waited = self.waiting.len();
        self.waiting.drain(..done.min(waited));
        let marks = done.saturating_sub(waited);
        let settled: Vec<_> = self.marks.keys().take(marks).cloned().collect();
        settled.iter().for_each(|instrument| drop(self.marks.remove(instrument)));
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let mut condition = lock(&self.condition);
        condition.refused += count(refused);
        condition.written += count(done.saturating_sub(refused));
    }

    /// Old rows are forgotten once a day of the times that are kept.
    pub(super) fn begin_sweep(&mut self, last: Option<Timestamp>) {
        let (Some(keep), Some(last)) = (self.keep, last) else { return };
        // A time that has not come, kept while a clock was wrong, must not keep the writer from forgetting until then.
        let last = last.min(SystemTime::now().into());
        if self.swept.is_none_or(|swept| last.since(swept) >= SWEEP_EVERY) {
            self.swept = Some(last);
            self.sweep = Some(Sweep::new(last.saturating_sub(keep)));
        }
    }

    /// Forgets some of the old rows, if there are any; returns how many these were.
    pub(super) async fn go_on_sweeping(&mut self) -> u64 {
        let Some(mut sweep) = self.sweep.take() else { return 0 };
        // While the database is away, nothing is forgotten: the next day has another chance.
        let Some(connection) = self.connection.as_mut() else { return 0 };
        let swept = sweep.go_on(connection).await;
        self.writes.count();
        match swept {
            Ok(gone) if !sweep.is_over() => {
                self.sweep = Some(sweep);
                gone
            }
            Ok(gone) => {
                lock(&self.condition).unforgotten = None;
                let Sweep { before, gone: all, .. } = sweep;
                if all > 0 {
                    tracing::info!("{all} rows from before {before} are gone, as `store.keep` says");
                }
                gone
            }
            // What was written is written. SQLite may have rolled back by itself what the connection takes for open: the next
            // write connects again.
            Err(fault) => {
                self.connection = None;
                let error = fault.at(&self.path).to_string();
                tracing::error!("old rows could not be forgotten, and are tried again in a day: {error}");
                lock(&self.condition).unforgotten = Some(error);
                0
            }
        }
    }

    async fn take_connection(&mut self) -> Result<SqliteConnection, StoreError> {
        if !self.path.is_file() {
            // SQLite would go on writing to a file that nobody finds any more.
            self.connection = None;
        }
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => self.reconnect().await,
        }
    }

    pub(super) async fn reconnect(&mut self) -> Result<SqliteConnection, StoreError> {
        if !self.path.is_file() {
            return Err(StoreError::Missing { path: self.path.clone(), folder: self.folder.clone() });
        }
        let mut connection = database::connect(&self.path, self.busy_timeout, false).await?;
        self.seq = facts::next_seq(&mut connection).await.map_err(|fault| fault.at(&self.path))?;
        Ok(connection)
    }

    async fn read<T>(
        &mut self,
        read: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Fault>,
    ) -> Result<T, StateError> {
        let path = self.path.clone();
        let found = read(self.connected().await?).await;
        found.map_err(|fault| StateError(fault.at(&path).to_string()))
    }

    /// The connection, or why there is none now.
    async fn connected(&mut self) -> Result<&mut SqliteConnection, StateError> {
        let said = |error: StoreError| StateError(error.to_string());
        if self.connection.is_none() {
            self.connection = Some(self.reconnect().await.map_err(said)?);
        }
        self.connection.as_mut().ok_or_else(|| said(StoreError::Closed))
    }

    /// Says at once when the store goes away, comes back or is slow.
    fn tell(&self, error: Option<&StateError>, took: Duration) {
        let (waiting, mut condition) = (self.waiting.len(), lock(&self.condition));
        // An attempt may itself take long: messages of the market must not queue up behind one after the other.
        let pause = self.write_every.max(took.saturating_mul(4));
        condition.again = error.and_then(|_| Instant::now().checked_add(pause));
        match (error, condition.fault.take()) {
            (Some(StateError(error)), None) => {
                tracing::error!(
                    "the store is away: nothing is ordered until it is back, {waiting} facts wait: {error}"
                );
                condition.fault = Some(error.clone());
            }
            (Some(StateError(error)), Some(_)) => condition.fault = Some(error.clone()),
            (None, Some(_)) => tracing::warn!("the store is back, and has what had waited"),
            (None, None) => {}
        }
        let is_slow = took >= SLOW;
        if is_slow && condition.slow.is_none() {
            tracing::warn!("the store is slow: a write took {} ms", took.as_millis());
        }
        condition.slow = is_slow.then_some(took);
    }
}

/// Writes them all, or none.
async fn insert_all(connection: &mut SqliteConnection, seq: &mut i64, all: &[&StateFact]) -> Result<(), Fault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut next = *seq;
    for fact in all {
        facts::insert(&mut transaction, next, fact).await?;
        next += 1;
    }
    transaction.commit().await?;
    *seq = next;
    Ok(())
}

/// Whether the rows are wrong, and not the database.
fn is_contradiction(fault: &Fault) -> bool {
    let Fault::Sql(sqlx::Error::Database(error)) = fault else { return false };
    matches!(
        error.kind(),
        ErrorKind::UniqueViolation
            | ErrorKind::ForeignKeyViolation
            | ErrorKind::NotNullViolation
            | ErrorKind::CheckViolation
    )
}
