//! Tests of a state that only SQL can write: held, bent, or from the future.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use rust_decimal::Decimal;
use sqlx::{Connection, SqliteConnection};

use super::database::{connect, file_in};
use super::repositories::ages::{CHUNK, Sweep};
use super::repositories::history::PAGE;
use super::{DurableState, StoreAdmin};
use crate::model::{Candle, InstrumentId, Timeframe, Timestamp};
use crate::ports::{EquityPoint, IStateManager, StateFact};
use crate::store::Settings;
use crate::store::migrations::NEWEST;

fn killed(reason: &str) -> StateFact {
    StateFact::Killed { reason: reason.to_owned() }
}

fn wait_at_most(busy_timeout: Duration) -> Settings {
    Settings { busy_timeout, ..Settings::default() }
}

/// Does something to the database, with a connection of its own.
fn meddle(folder: &Path, meddle: impl AsyncFnOnce(SqliteConnection)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { meddle(connect(&file_in(folder), Duration::from_secs(5), false).await.unwrap()).await });
}

/// Holds the database until it is told to let go.
fn hold(folder: &Path) -> impl FnOnce() + use<> {
    let ((held, is_held), (let_go, release)) = (channel(), channel::<()>());
    let folder = folder.to_owned();
    let thread = std::thread::spawn(move || {
        meddle(&folder, async |mut connection| {
            sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
            held.send(()).unwrap();
            release.recv().unwrap();
            sqlx::query("ROLLBACK").execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    });
    is_held.recv().unwrap();
    move || {
        let_go.send(()).unwrap();
        thread.join().unwrap();
    }
}

#[test]
fn a_slow_database_is_waited_for_and_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let state = DurableState::open(folder.path(), &wait_at_most(Duration::from_secs(60))).unwrap();
    let release = hold(folder.path());
    std::thread::scope(|scope| {
        let append = scope.spawn(|| state.append(killed("slow")));
        std::thread::sleep(Duration::from_millis(1_200));
        release();
        append.join().unwrap().unwrap();
    });
    assert!(state.figures().slow.unwrap() >= Duration::from_secs(1));
    state.append(killed("fast")).unwrap();
    assert_eq!(state.figures().slow, None, "the last write counts");
    assert_eq!(*state.facts().unwrap(), [killed("slow"), killed("fast")]);
}

#[test]
fn a_database_that_somebody_keeps_is_a_fault_until_it_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let state = DurableState::open(folder.path(), &wait_at_most(Duration::from_millis(50))).unwrap();
    let release = hold(folder.path());
    let error = state.append(killed("during")).unwrap_err().to_string();
    assert!(error.contains("database is locked"), "{error}");
    assert!(state.fault().is_some());
    let error = state.append(killed("at once")).unwrap_err().to_string();
    assert!(error.contains("database is locked"), "nobody waits for the next attempt: {error}");
    release();
    state.flush().unwrap();
    state.append(killed("after")).unwrap();
    assert_eq!((state.fault(), state.facts()), (None, Ok([killed("after")].into())));
}

/// An alert that is not urgent.
fn raised(id: u64, message: &str) -> StateFact {
    let alert = crate::ports::Alert {
        id,
        time: Timestamp::from_nanos(id),
        level: crate::ports::AlertLevel::Info,
        rule: "test",
        instrument: None,
        service: None,
        message: message.to_owned(),
        escalated: false,
    };
    StateFact::Raised { alert: Box::new(alert), due: Vec::new() }
}

#[test]
fn what_was_not_written_is_never_flushed_though_another_fact_was_refused_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { write_every: Duration::from_secs(3_600), ..Settings::default() };
    let state = DurableState::open(folder.path(), &settings).unwrap();
    state.append(raised(1, "first")).unwrap();
    state.flush().unwrap();
    meddle(folder.path(), async |mut connection| {
        // As a disk that is full is: nothing is wrong with the row.
        let trigger = "CREATE TRIGGER full BEFORE INSERT ON alerts WHEN NEW.message = 'C' \
                       BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
        sqlx::query(trigger).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    for (id, message) in [(1, "contradicts"), (2, "B"), (3, "C"), (4, "D")] {
        state.append(raised(id, message)).unwrap();
    }
    let error = state.flush().unwrap_err().to_string();
    assert!(error.contains("the disk is full"), "{error}");
    let figures = state.figures();
    assert!(figures.fault.is_some_and(|fault| fault.contains("the disk is full")));
    assert_eq!((figures.refused, figures.written), (1, 2));
    assert!(state.flush().is_err());
    meddle(folder.path(), async |mut connection| {
        sqlx::query("DROP TRIGGER full").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    state.flush().unwrap();
    let figures = state.figures();
    assert_eq!((figures.fault, figures.refused, figures.written), (None, 1, 4));
    let expected = [raised(1, "first"), raised(2, "B"), raised(3, "C"), raised(4, "D")];
    assert_eq!(*state.facts().unwrap(), expected, "each once");
}

#[test]
fn what_does_not_fit_into_the_queue_while_the_database_is_away_is_counted_as_lost() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { queue: 3, ..wait_at_most(Duration::from_millis(20)) };
    let state = DurableState::open(folder.path(), &settings).unwrap();
    let release = hold(folder.path());
    state.append(killed("away")).unwrap_err();
    for id in 1..=50 {
        state.append(raised(id, "for people")).unwrap();
    }
    release();
    state.flush().unwrap();
    let (kept, lost) = (state.facts().unwrap().len() as u64, state.figures().lost);
    assert_eq!(kept + lost, 50, "none is forgotten without being counted");
    let known = (1..=50).filter(|id| state.has_alert(*id).unwrap()).count() as u64;
    assert_eq!(known, kept, "what was given up is not said to be there, though nothing fails now");
    // As many wait for the database, and as many for the thread.
    assert!((3..=6).contains(&kept), "{kept} were kept");
}

#[test]
fn an_answer_from_before_the_database_was_back_is_not_remembered_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = DurableState::open(folder.path(), &wait_at_most(Duration::from_millis(20))).unwrap();
    let release = hold(folder.path());
    let (settings, reason) = ("a = 1".to_owned(), "the test".to_owned());
    state.append(StateFact::Configured { settings, text: None, reason, time: Timestamp::default() }).unwrap();
    assert_eq!(state.configurations().unwrap(), [], "it waits for the database, which can be read");
    release();
    state.flush().unwrap();
    assert_eq!(state.configurations().unwrap().len(), 1);
}

#[tokio::test]
async fn old_rows_are_forgotten_some_at_a_time_and_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let state = DurableState::open(folder.path(), &Settings::default()).unwrap();
    let rows = 2 * CHUNK + 7;
    for nanos in 0..rows {
        state
            .append(StateFact::Valued(EquityPoint { time: Timestamp::from_nanos(nanos), equity: Decimal::ONE }))
            .unwrap();
    }
    let reason = "healthy".to_owned();
    let (service, time) = ("Store", Timestamp::from_nanos(1));
    state.append(StateFact::Health { service, status: reason, reason: None, time }).unwrap();
    state.flush().unwrap();
    let mut connection = connect(&file_in(folder.path()), Duration::from_secs(5), false).await.unwrap();
    let mut sweep = Sweep::new(Timestamp::from_nanos(rows - 1));
    let mut gone = Vec::new();
    while !sweep.is_over() {
        gone.push(sweep.go_on(&mut connection).await.unwrap());
    }
    connection.close().await.unwrap();
    assert_eq!(
        (gone, sweep.gone),
        (vec![CHUNK, CHUNK, 7], 2 * CHUNK + 7),
        "a change of health, and all values but the last"
    );
    assert_eq!(state.facts().unwrap().len(), 1);
}

/// How much SQLite does to forget the second chunk of these rows, in steps of its virtual machine. `N` is how many there are.
async fn steps_of_a_chunk(rows: &[&str], many: u64) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    drop(DurableState::open(folder.path(), &Settings::default()).unwrap());
    let mut connection = connect(&file_in(folder.path()), Duration::from_secs(5), false).await.unwrap();
    let numbers = format!("WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < {many})");
    for row in rows {
        let (table, values) = row.split_once(": ").unwrap();
        let statement = format!("{numbers} INSERT INTO {table} SELECT {values} FROM number");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    let (steps, counted) = (Arc::new(AtomicU64::new(0)), 100);
    let count = Arc::clone(&steps);
    connection.lock_handle().await.unwrap().set_progress_handler(counted, move || {
        count.fetch_add(1, Ordering::Relaxed);
        true
    });
    let mut sweep = Sweep::new(Timestamp::from_nanos(i64::MAX as u64));
    let first = sweep.go_on(&mut connection).await.unwrap();
    // The first one has passed the rules that have nothing to forget, each of them once.
    let before = steps.load(Ordering::Relaxed);
    assert_eq!((first, sweep.go_on(&mut connection).await.unwrap()), (CHUNK, CHUNK));
    let all = steps.load(Ordering::Relaxed);
    connection.close().await.unwrap();
    all - before
}

#[tokio::test]
async fn a_chunk_of_old_rows_is_forgotten_with_the_same_work_however_many_rows_there_are() {
    let peaks = ["limits: i, 'peak', NULL, '1', NULL"];
    let days = ["limits: i, 'day', i, '1', NULL"];
    let alerts = ["alerts: i, i, i, 'info', 'test', NULL, NULL, ''", "deliveries: i, 'log', i, NULL"];
    for rows in [&peaks[..], &days, &alerts] {
        let (few, many) = (steps_of_a_chunk(rows, 3 * CHUNK).await, steps_of_a_chunk(rows, 30 * CHUNK).await);
        assert!(many < few * 3 / 2, "{rows:?}: {few} and {many}");
    }
}

#[test]
fn after_rows_that_could_not_be_forgotten_an_order_is_kept_as_before_and_it_is_told() {
    const DAY: u64 = 86_400_000_000_000;
    let valued = |day: u64| {
        StateFact::Valued(EquityPoint { time: Timestamp::from_nanos((20_000 + day) * DAY), equity: Decimal::ONE })
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { keep: Some(Duration::from_secs(3 * 86_400)), ..Settings::default() };
    let state = DurableState::open(folder.path(), &settings).unwrap();
    (0..2 * CHUNK + 7).for_each(|_| state.append(valued(1)).unwrap());
    state.flush().unwrap();
    // As when a disk fails: SQLite ends the transaction, of which its connection knows nothing.
    let stick = |after: u64| {
        meddle(folder.path(), async |mut connection| {
            let statement = format!(
                "DROP TRIGGER IF EXISTS stuck; CREATE TRIGGER stuck BEFORE DELETE ON equity WHEN OLD.seq > {after} \
                 BEGIN SELECT RAISE(ROLLBACK, 'the row is stuck'); END"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    stick(CHUNK + 100);
    state.append(valued(9)).unwrap();
    state.flush().unwrap();
    let is_told =
        |state: &DurableState| state.figures().unforgotten.is_some_and(|error| error.contains("the row is stuck"));
    while !is_told(&state) {
        std::thread::yield_now();
    }
    state.append(killed("after it")).unwrap();
    assert_eq!(state.fault(), None);
    drop(state);

    // At the start: the first chunk is gone before another one cannot be forgotten.
    stick(2 * CHUNK + 3);
    let state = DurableState::open(folder.path(), &settings).unwrap();
    assert!(is_told(&state));
    let read = state.facts().unwrap();
    state.append(killed("at the start")).unwrap();
    assert_eq!(*state.facts().unwrap(), [&read[..], &[killed("at the start")]].concat(), "what it read is there");
}

#[tokio::test]
async fn trading_is_ended_and_resumed_though_something_else_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    drop(DurableState::open(folder.path(), &Settings::default()).unwrap());
    let mut connection = connect(&file_in(folder.path()), Duration::from_secs(5), false).await.unwrap();
    sqlx::query("INSERT INTO marks VALUES ('simulated:BTCUSDT', 'dear', 1)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let admin = StoreAdmin::of(folder.path(), &Settings::default());
    assert!(!admin.resume("nothing has ended").await.unwrap());
    assert!(admin.kill("enough").await.unwrap() && !admin.kill("again").await.unwrap());
    assert!(admin.resume("go on").await.unwrap() && !admin.resume("again").await.unwrap());
    assert!(admin.kill("enough").await.unwrap(), "the last word counts");
}

#[test]
fn a_platform_that_runs_for_days_forgets_by_rule_and_keeps_what_is_needed() {
    const DAY: u64 = 86_400_000_000_000;
    let at = |day: u64| Timestamp::from_nanos((20_000 + day) * DAY);
    let valued = |day| StateFact::Valued(EquityPoint { time: at(day), equity: Decimal::ONE });
    let peak = |equity: u64| StateFact::Peak { equity: equity.into() };
    let alert = |id, day| match raised(id, "old") {
        StateFact::Raised { alert, due } => {
            StateFact::Raised { alert: Box::new(crate::ports::Alert { time: at(day), ..*alert }), due }
        }
        other => other,
    };
    let word = |alert, error: Option<&str>| StateFact::Delivered {
        alert,
        channel: "webhook",
        time: at(1),
        error: error.map(str::to_owned),
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { keep: Some(Duration::from_secs(3 * 86_400)), ..Settings::default() };
    let state = DurableState::open(folder.path(), &settings).unwrap();
    let gone = [valued(1), peak(1), alert(1, 1), word(1, None)];
    let needed = [peak(2), alert(2, 1), alert(3, 1), word(2, Some("404"))];
    for fact in gone.into_iter().chain(needed) {
        state.append(fact).unwrap();
    }
    state.flush().unwrap();
    assert!(state.facts().unwrap().contains(&valued(1)), "it is not old yet");
    state.append(valued(9)).unwrap();
    state.flush().unwrap();
    let expected = [peak(2), alert(2, 1), alert(3, 1), valued(9), word(2, Some("404"))];
    assert_eq!(*state.facts().unwrap(), expected, "the last of each kind, and an alert that has not arrived");
}

#[tokio::test]
async fn what_is_committed_survives_the_loss_of_power() {
    let folder = tempfile::tempdir().unwrap();
    drop(DurableState::open(folder.path(), &Settings::default()).unwrap());
    let mut connection = connect(&file_in(folder.path()), Duration::from_secs(5), false).await.unwrap();
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut connection).await.unwrap();
    // 2 is FULL: each commit waits until the write-ahead log is on the disk.
    assert_eq!((journal.as_str(), synchronous), ("wal", 2));
}

#[test]
fn a_state_of_a_newer_program_is_refused_with_what_to_do_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(DurableState::open(folder.path(), &Settings::default()).unwrap());
    meddle(folder.path(), async |mut connection| {
        let statement = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                         VALUES (99, 'from the future', TRUE, x'00', 0)";
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    let before = std::fs::read(file_in(folder.path())).unwrap();
    let error = DurableState::open(folder.path(), &Settings::default()).unwrap_err().to_string();
    let expected = format!(
        "expected schema {NEWEST} or older, found 99: a newer program has written it. Use that program, or let it run \
         `db rollback --to {NEWEST}`, or restore the backup"
    );
    assert!(error.contains(&expected), "{error}");
    assert_eq!(std::fs::read(file_in(folder.path())).unwrap(), before);
}

#[tokio::test]
async fn candles_are_read_over_the_ends_of_pages_and_one_that_was_bent_is_named() {
    let folder = tempfile::tempdir().unwrap();
    drop(DurableState::open(folder.path(), &Settings::default()).unwrap());
    let admin = StoreAdmin::of(folder.path(), &Settings::default());
    let price = |number: u64| format!("{}.25", number + 1).parse().unwrap();
    let candle = |number: u64| Candle {
        open_time: Timestamp::from_nanos(number * 60_000_000_000),
        open: price(number),
        high: price(number + 2),
        low: price(number),
        close: price(number + 1),
        volume: "0.00012".parse().unwrap(),
        trades: number,
        doubtful: number % 3,
    };
    let timeframe = Timeframe::M1;
    for count in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1] {
        let instrument: InstrumentId = format!("kraken:N{count}/USD").parse().unwrap();
        let all: Vec<_> = (0..count as u64).map(candle).collect();
        let backwards: Vec<_> = all.iter().rev().cloned().collect();
        admin.keep_candles(&instrument, timeframe, &backwards, |_| {}).await.unwrap();
        assert_eq!(admin.candles(&instrument, timeframe).await.unwrap(), all);
    }
    for (bent, expected) in [
        ("volume = 'much'", "in column `volume`, found `much`"),
        ("open = ''", "in column `open`, found ``"),
        ("low = '1 2'", "in column `trades`, found `0.00012`"),
    ] {
        let mut connection = connect(&file_in(folder.path()), Duration::from_secs(5), false).await.unwrap();
        let statement = format!("UPDATE candles SET {bent} WHERE instrument = 'kraken:N1/USD'");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let error = admin.candles(&"kraken:N1/USD".parse().unwrap(), timeframe).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        admin.keep_candles(&"kraken:N1/USD".parse().unwrap(), timeframe, &[candle(0)], |_| {}).await.unwrap();
    }
}

#[tokio::test]
async fn a_check_finds_what_was_bent_by_hand() {
    let cases = [
        ("INSERT INTO positions VALUES ('simulated:BTCUSDT', '1', '2')", "expected the position of simulated:BTCUSDT"),
        ("INSERT INTO marks VALUES ('simulated:BTCUSDT', 'dear', 1)", "in column `price`, found `dear`"),
        ("INSERT INTO limits (seq, kind) VALUES (9, 'mood')", "in column `kind`, found `mood`"),
        (
            "INSERT INTO opportunities VALUES (9, 1, 'crypto', 'simulated:BTCUSDT', 'up', '70', '1', '')",
            "in column `direction`, found `up`",
        ),
        (
            "INSERT INTO candles VALUES ('simulated:BTCUSDT', '1m', 0, '1', '1', '1', '1', 'much', 1, 0)",
            "in column `volume`, found `much`",
        ),
        (
            "INSERT INTO backtests VALUES (1, 1, NULL, 'lazy', '{}', NULL, NULL, NULL)",
            "expected JSON of its kind (missing field `strategies`",
        ),
        (
            "INSERT INTO backtests VALUES (1, 1, NULL, 'done', \
             '{\"strategies\":[],\"parameters\":{},\"market\":{\"simulated\":{\"seed\":1,\"messages\":1}}}', \
             NULL, NULL, 'a letter')",
            "in column `result`, found `a letter`",
        ),
        ("INSERT INTO health_changes VALUES (9, 1, 'Portfolio', 'tired', NULL)", "in column `status`, found `tired`"),
        (
            "INSERT INTO order_events (seq, order_id, time, kind) VALUES (9, 'nobody', 1, 'accepted')",
            "a row of `order_events` belongs to none of `orders`",
        ),
    ];
    for (statement, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        drop(DurableState::open(folder.path(), &Settings::default()).unwrap());
        let admin = StoreAdmin::of(folder.path(), &Settings::default());
        assert!(admin.check().await.unwrap().problems.is_empty());
        let mut connection = connect(&file_in(folder.path()), Duration::from_secs(5), false).await.unwrap();
        sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut connection).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let problems = admin.check().await.unwrap().problems;
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{problems:?}");
    }
}

#[test]
fn what_is_kept_for_some_days_is_not_forgotten_because_of_a_time_that_has_not_come_yet() {
    const DAY: Duration = Duration::from_secs(86_400);
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { keep: Some(30 * DAY), ..Settings::default() };
    let now = Timestamp::from(SystemTime::now());
    let valued = |time| StateFact::Valued(EquityPoint { time, equity: Decimal::ONE });
    let [old, recent, future] = [now.saturating_sub(40 * DAY), now.saturating_sub(DAY), now.saturating_add(900 * DAY)];
    let state = DurableState::open(folder.path(), &Settings::default()).unwrap();
    for time in [old, recent, future] {
        state.append(valued(time)).unwrap();
    }
    drop(state);
    let kept = DurableState::open(folder.path(), &settings).unwrap().facts().unwrap();
    assert_eq!(*kept, [recent, future].map(valued));
}
