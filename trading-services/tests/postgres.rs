//! The state in PostgreSQL: the same migrations, up and down with data, and the same facts as in SQLite.
//!
//! It starts a server of its own: `tests/servers.sh` installs it.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use di_core::lifecycle::Application;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::Speed;
use trading_services::model::{Candle, InstrumentId, Timeframe, Timestamp};
use trading_services::ports::{
    Act, BacktestJob, BacktestMarket, BacktestRequest, BacktestResult, Direction, IStateManager, JobState, ModeSwitch,
    Opportunity, StateFact,
};
use trading_services::store::{DurableState, Location, PostgresStore};

/// A server of one test; it listens in its own folder only, and ends with it.
struct Server {
    folder: tempfile::TempDir,
}

/// A program of PostgreSQL, as a user who may run it: the server refuses root.
fn program(name: &str) -> Command {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.sort();
    let program = found.into_iter().rfind(|path| path.is_file()).unwrap_or_else(|| name.into());
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn succeed(command: &mut Command) {
    let output = command.current_dir("/").output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; `tests/servers.sh` installs it"));
    assert!(output.status.success(), "{command:?}: {output:?}");
}

impl Server {
    fn start() -> Self {
        let server = Self { folder: tempfile::tempdir().unwrap() };
        // Whoever runs the server writes there.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(server.folder.path(), open).unwrap();
        let data = server.data();
        succeed(
            program("initdb")
                .args(["--auth=trust", "--username=test", "--encoding=UTF8", "--no-sync", "-D"])
                .arg(&data),
        );
        let options = format!("-k {} -c listen_addresses='' -c fsync=off", server.folder.path().display());
        let mut start = program("pg_ctl");
        start
            .args(["start", "--wait", "--silent", "--options", &options, "--log"])
            .arg(server.folder.path().join("log"));
        // What it prints is in the log: a pipe that the server holds would never end.
        start.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).arg("-D").arg(&data);
        let status = start.current_dir("/").status().unwrap();
        let log = std::fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
        assert!(status.success(), "{start:?}: {log}");
        server
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn url(&self) -> String {
        format!("postgres:///postgres?user=test&host={}", self.folder.path().display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that did not start does not stop.
        let mut stop = program("pg_ctl");
        let _ = stop.args(["stop", "--wait", "--mode=immediate", "-D"]).arg(self.data()).current_dir("/").output();
        let _ = program("rm").arg("-rf").arg(self.data()).current_dir("/").output();
    }
}

/// What a run leaves behind in SQLite: orders, fills, alerts, signals, values, prices.
async fn played(folder: &Path) -> Vec<StateFact> {
    let mut settings = Settings::default();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    settings.http.enabled = false;
    settings.store.folder = Some(Location::Folder(folder.to_owned()));
    let settings = Arc::new(settings);
    {
        let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) }).unwrap();
        let application = Application::of(&app).with_settings(settings.budgets()).unwrap();
        application.start().await.unwrap();
        application.finished().await.unwrap();
    }
    for _ in 0..500 {
        if let Ok(state) = DurableState::open(folder, &settings.store) {
            return state.facts().unwrap().to_vec();
        }
        // The last task of the platform may still be about to let go of it.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the state is still held");
}

fn instrument() -> InstrumentId {
    "simulated:BTCUSDT".parse().unwrap()
}

/// How many peaks and days are followed by another.
fn superseded(facts: &[StateFact]) -> u64 {
    let count = |is: fn(&StateFact) -> bool| facts.iter().filter(|fact| is(fact)).count().saturating_sub(1) as u64;
    count(|fact| matches!(fact, StateFact::Peak { .. })) + count(|fact| matches!(fact, StateFact::Day { .. }))
}

/// What is kept for people alone.
fn history() -> Vec<StateFact> {
    let time = Timestamp::from_nanos(1_700_000_000_000_000_000);
    let price = "600.5".parse().unwrap();
    let (open_time, volume) = (time, "2".parse().unwrap());
    let candle =
        Candle { open_time, open: price, high: price, low: price, close: price, volume, trades: 3, doubtful: 1 };
    let opportunity = Opportunity {
        instrument: instrument(),
        direction: Direction::Short,
        confidence: 70.1,
        price,
        reason: "confluence 29.9, where Europe asks for 70; \"it's\" less".to_owned(),
    };
    let request = BacktestRequest {
        strategies: vec!["crossover".to_owned()],
        parameters: [("signals.crossover.fast".to_owned(), "\"it's\"".to_owned())].into(),
        market: BacktestMarket::Candles { instrument: instrument(), timeframe: Timeframe::M1 },
    };
    let job = BacktestJob {
        id: 7,
        request,
        state: JobState::Done,
        permille: 0,
        created: time,
        ended: Some(time),
        error: None,
        figures: None,
    };
    let result = BacktestResult {
        version: BacktestResult::VERSION,
        title: "it's".to_owned(),
        parameters: job.request.parameters.clone(),
        currency: "USDT".to_owned(),
        periods: 365,
        cash: 1.into(),
        equity: 2.into(),
        fees: 0.into(),
        funding: 0.into(),
        unknown_funding: 0,
        refused: Vec::new(),
        undone: Default::default(),
        trades: Vec::new(),
        curve: Vec::new(),
        prices: Vec::new(),
        is_shortened: true,
        figures: None,
        months: None,
    };
    vec![
        StateFact::Closed { instrument: instrument(), timeframe: Timeframe::M1, candle },
        StateFact::Seen { module: "crypto", opportunity: Box::new(opportunity), time },
        StateFact::Health { service: "Portfolio", status: "degraded".to_owned(), reason: None, time },
        StateFact::Configured { settings: "[http]".to_owned(), text: None, reason: "the start".to_owned(), time },
        StateFact::Switched(Box::new(ModeSwitch {
            time,
            key: "signals.crossover.mode".to_owned(),
            before: "on".to_owned(),
            after: "off".to_owned(),
            reason: "it's late".to_owned(),
        })),
        StateFact::Backtest { job: Box::new(job), result: Some(Arc::new(result)) },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sqlite_keeps_postgresql_keeps_and_every_step_of_the_schema_goes_down_and_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut facts = played(folder.path()).await;
    assert!(facts.iter().any(|fact| matches!(fact, StateFact::Submitted { .. })), "it traded");
    let server = Server::start();
    let mut store = PostgresStore::open(&server.url()).await.unwrap();
    assert_eq!(store.schema().await.unwrap(), 0);
    let newest = store.migrate().await.unwrap();
    assert_eq!(store.migrate().await.unwrap(), newest, "a second time changes nothing");

    let preferred = |value: &str| StateFact::Preferred { name: "view".to_owned(), value: Some(value.to_owned()) };
    facts.push(preferred("market"));
    // The channels of an alert follow each other.
    let said = |fact: &StateFact| matches!(fact, StateFact::Delivered { alert: 1, channel: "log", .. });
    let place = facts.iter().position(said).unwrap();
    let (time, error) = (Timestamp::from_nanos(1), Some("\"404\", it's gone".to_owned()));
    facts.insert(place + 1, StateFact::Delivered { alert: 1, channel: "webhook", time, error });
    // What people have done comes last, for it is in the order of its own numbers.
    for id in 1..=2 {
        let (act, body) = ("POST /api/v1/risk/kill".to_owned(), "{\"reason\":\"it's late\"}".to_owned());
        facts.push(StateFact::Acted(Box::new(Act { id, time: Timestamp::from_nanos(id), act, body, status: 200 })));
    }
    store.append(&[preferred("")]).await.unwrap();
    store.append(&facts).await.unwrap();
    store.append(&history()).await.unwrap();
    assert_eq!(store.facts().await.unwrap(), facts);
    assert_eq!(store.candles(&instrument(), Timeframe::M1).await.unwrap().len(), 1);
    assert_eq!(store.configurations().await.unwrap().len(), 1);
    let StateFact::Seen { opportunity, .. } = &history()[1] else { unreachable!("it is the second") };
    assert_eq!(store.opportunities(10).await.unwrap()[0].opportunity, **opportunity);
    let StateFact::Switched(switch) = &history()[4] else { unreachable!("it is the fifth") };
    assert_eq!(store.switches().await.unwrap(), [(**switch).clone()]);
    let Some(StateFact::Backtest { job, result }) = history().pop() else { unreachable!("it is the last") };
    assert_eq!(store.backtests().await.unwrap(), [*job]);
    assert_eq!(store.backtest_result(7).await.unwrap(), result);
    let alerts = facts.iter().filter(|fact| matches!(fact, StateFact::Raised { .. })).count();
    assert_eq!(store.alerts(u32::MAX).await.unwrap().len(), alerts);
    assert!(!store.positions().await.unwrap().is_empty());

    assert_eq!(store.forget(Timestamp::from_nanos(1)).await.unwrap(), superseded(&facts), "nothing is that old");
    let whole = store.rows().await.unwrap();
    assert!(whole.iter().filter(|(_, rows)| *rows > 0).count() > 16, "{whole:?}");
    for target in (0..newest).rev() {
        store.roll_back(target).await.unwrap();
        assert_eq!(store.schema().await.unwrap(), target);
        let left = store.rows().await.unwrap();
        assert!(left.len() < whole.len() && left.iter().all(|row| whole.contains(row)), "{left:?} of {whole:?}");
        assert_eq!(left.is_empty(), target == 0);
    }
    store.migrate().await.unwrap();
    store.append(&facts).await.unwrap();
    assert_eq!(store.facts().await.unwrap(), facts, "it is as new");

    // By the rules of `store.keep`: what follows from orders and fills stays.
    store.append(&history()).await.unwrap();
    assert!(store.forget(Timestamp::from_nanos(i64::MAX as u64)).await.unwrap() > 0);
    let count = |rows: &[(&'static str, i64)], table| rows.iter().find(|(name, _)| *name == table).unwrap().1;
    let left = store.rows().await.unwrap();
    for table in ["candles", "equity", "health_changes", "opportunities"] {
        assert_eq!(count(&left, table), 0, "{table}");
    }
    for table in ["orders", "order_events", "fills", "positions", "acts", "switches", "configurations"] {
        assert_eq!(count(&left, table), count(&whole, table), "{table}");
    }
    assert_eq!((count(&left, "signals"), count(&left, "backtests")), (1, 1), "the next numbers follow from them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contradiction_changes_nothing_and_a_second_writer_is_refused() {
    let server = Server::start();
    let mut store = PostgresStore::open(&server.url()).await.unwrap();
    store.migrate().await.unwrap();
    let killed = |reason: &str| StateFact::Killed { reason: reason.to_owned() };
    store.append(&[killed("one")]).await.unwrap();
    let fill_of_nobody = StateFact::Reported {
        order: "nobody".parse().unwrap(),
        event: Box::new(trading_services::ports::OrderEvent::Accepted),
        time: Timestamp::from_nanos(1),
    };
    let error = store.append(&[killed("two"), fill_of_nobody]).await.unwrap_err().to_string();
    assert!(error.contains("order_events_order_id_fkey"), "{error}");
    assert_eq!(store.facts().await.unwrap(), [killed("one")]);

    let error = PostgresStore::open(&server.url()).await.unwrap_err().to_string();
    assert!(error.contains("nobody else writes, but another process does"), "{error}");
    drop(store);
    let mut again = None;
    for _ in 0..500 {
        match PostgresStore::open(&server.url()).await {
            Ok(store) => again = Some(store),
            // The server has not seen yet that the connection is gone.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
        if again.is_some() {
            break;
        }
    }
    assert_eq!(again.unwrap().facts().await.unwrap(), [killed("one")]);
}
