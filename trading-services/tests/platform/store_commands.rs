//! The commands on a state: `db`, its copies and candles, and what a full disk leaves of it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use trading_services::model::{Currency, FundingSettlement, InstrumentId, Timestamp};
use trading_services::ports::{IStateManager, StateFact};
use trading_services::store::StoreAdmin;

use crate::process::Running;
use crate::{common, store, store_faults};

pub(crate) fn admin(folder: &Path) -> StoreAdmin {
    StoreAdmin::of(folder, &Default::default())
}

/// Runs a command on a state, and returns what it says.
pub(crate) fn says(folder: &Path, arguments: &[&str]) -> String {
    let mut arguments = arguments.to_vec();
    arguments.extend(["--store", folder.to_str().unwrap()]);
    let (code, stdout, stderr) = common::said(&common::binary(&arguments).output().unwrap());
    assert_eq!(code, 0, "{arguments:?}: {stderr}");
    stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_the_schema_goes_down_and_up_with_data_in_it() {
    let folder = tempfile::tempdir().unwrap();
    store::play(folder.path()).await;
    {
        let state = store::open(folder.path());
        store_faults::add_choices(&state);
        let (instrument, due): (InstrumentId, _) = ("bybit:BTCUSDT".parse().unwrap(), Timestamp::from_nanos(1));
        let settlement = |held| {
            let (instrument, currency) = (instrument.clone(), Currency::usdt());
            StateFact::Funded(Box::new(FundingSettlement {
                instrument,
                due,
                settled: due,
                held,
                currency,
                payment: None,
            }))
        };
        state.append(settlement(1.into())).unwrap();
        // Once more, it changes nothing, and stops nobody who comes after it.
        state.append(settlement(2.into())).unwrap();
        state.append(StateFact::FundingDue { instrument: instrument.clone(), due }).unwrap();
    }
    let admin = admin(folder.path());
    let whole = admin.status().await.unwrap();
    assert!(whole.rows.iter().filter(|(_, rows)| *rows > 0).count() > 11, "{whole:?}");
    assert!(
        whole.rows.ends_with(&[
            ("preferences", 1),
            ("account", 1),
            ("acts", 1),
            ("switches", 1),
            ("funding", 1),
            ("funding_due", 1)
        ]),
        "{whole:?}"
    );
    let newest = whole.steps.last().unwrap().version;
    let full = admin.back_up(None).await.unwrap();
    for target in (0..newest).rev() {
        admin.restore(&full).await.unwrap();
        let backup = admin.roll_back(target).await.unwrap();
        let taken_back = admin.status().await.unwrap();
        assert_eq!(taken_back.steps.iter().filter(|step| step.applied).count() as i64, target);
        let left: Vec<_> = whole
            .rows
            .iter()
            .filter(|(table, _)| taken_back.rows.iter().any(|(known, _)| known == table))
            .copied()
            .collect();
        assert_eq!(taken_back.rows, left, "what is left of schema {target} is as it was");
        assert_eq!(left.is_empty(), target == 0);

        // A run brings it up by itself, after a backup; so does the command.
        let backups = taken_back.backups.len();
        drop(store::open(folder.path()));
        let up = admin.status().await.unwrap();
        assert!(up.steps.iter().all(|step| step.applied));
        assert_eq!(up.backups.len(), backups + usize::from(target > 0));
        assert!(admin.check().await.unwrap().problems.is_empty());

        admin.restore(&backup).await.unwrap();
        assert_eq!(admin.status().await.unwrap().rows, whole.rows, "the backup has everything");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_platform_that_runs_restores_to_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    store::play(folder.path()).await;
    let running = store::open(folder.path());
    let before = running.facts().unwrap();
    let said = says(folder.path(), &["db", "backup"]);
    let backup = said.strip_prefix("copied to ").unwrap().trim();
    running.append(StateFact::Killed { reason: "later".to_owned() }).unwrap();
    let held = common::fails(&["db", "restore", "--store", folder.path().to_str().unwrap(), "--from", backup]);
    assert!(held.contains("nobody else writes"), "{held}");
    drop(running);

    let said = says(folder.path(), &["db", "restore", "--from", backup]);
    assert!(said.starts_with("restored; what was there is in "), "{said}");
    let restored = store::open(folder.path());
    assert_eq!(restored.facts().unwrap(), before);
    drop(restored);
    assert!(says(folder.path(), &["db", "check"]).starts_with("in order: "));

    // What is no backup changes nothing.
    let other = folder.path().join("other");
    std::fs::write(&other, "a letter to a friend, and no database").unwrap();
    for (file, what) in [(other.to_str().unwrap(), "not a database"), ("nowhere.db", "found no file")] {
        let error = common::fails(&["db", "restore", "--store", folder.path().to_str().unwrap(), "--from", file]);
        assert!(error.contains("expected the backup of a state") && error.contains(what), "{error}");
    }
    assert!(says(folder.path(), &["db", "check"]).starts_with("in order: "));
}

#[test]
fn a_state_that_is_not_there_is_said_to_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    for command in [
        &["db", "status"][..],
        &["db", "check"],
        &["db", "migrate"],
        &["db", "rollback", "--to", "1"],
        &["alerts", "list"],
        &["alerts", "ack", "1"],
        &["kill", "--reason", "it is enough"],
        &["resume", "--reason", "the limit was too low"],
    ] {
        for wrong in [folder.path(), &nowhere] {
            let mut arguments = command.to_vec();
            arguments.extend(["--store", wrong.to_str().unwrap()]);
            let error = common::fails(&arguments);
            assert!(error.contains("expected a database, found none"), "{command:?}: {error}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a wrong folder stays as it is");
}

#[test]
fn an_account_goes_on_with_the_money_with_which_it_was_opened_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (config, state) = (folder.path().join("settings.toml"), folder.path().join("state"));
    let run =
        ["--events", "100", "--speed", "max", "--store", state.to_str().unwrap(), "--config", config.to_str().unwrap()];
    let with = |cash: &str| std::fs::write(&config, format!("[portfolio]\ncash = \"{cash}\"\n")).unwrap();
    let said = || common::said(&common::binary(&run).output().unwrap());
    for cash in ["100000", "100000.00"] {
        with(cash);
        assert_eq!(said().0, 0, "{:?}", said());
    }
    with("50000");
    let error = common::fails(&run);
    for part in ["to be 100000 USDT, with which the account was opened", "found 50000 USDT", "another `store.folder`"] {
        assert!(error.contains(part), "expected `{part}` in: {error}");
    }
    with("100000");
    assert_eq!(said().0, 0, "what was refused has changed nothing");
}

#[test]
fn what_gives_the_same_each_time_leaves_the_state_of_a_platform_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (config, candles, recording) = (file("settings.toml"), file("candles.csv"), file("play.rec"));
    std::fs::write(&config, format!("[store]\nfolder = \"{}\"\n", file("live"))).unwrap();
    std::fs::write(&candles, "date,open,high,low,close,volume\n2024-01-01,1,1,1,1,1\n2024-01-02,1,1,1,1,1\n").unwrap();
    std::fs::write(&recording, format!("{} {}\n", crate::bad_input::TIME, crate::bad_input::TRADE)).unwrap();
    for arguments in [
        &["backtest", "--strategy", "crossover", "--candles", &candles][..],
        &["book", "--events", "10"],
        &["--events", "10", "--speed", "max"],
        &["--replay", &recording],
    ] {
        let mut command = common::binary(&[arguments, &["--config", &config]].concat());
        command.env_remove("TRADING_STORE__FOLDER").env("XDG_STATE_HOME", file("user"));
        let (code, _, stderr) = common::said(&command.output().unwrap());
        assert_eq!(code, 0, "{arguments:?}: {stderr}");
        assert!(!folder.path().join("live").exists() && !folder.path().join("user").exists(), "{arguments:?}");
    }
}

#[test]
fn candles_are_exported_imported_and_looked_through_for_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    drop(store::open(&state));
    let file = |name: &str| folder.path().join(name).display().to_string();
    let header = "timestamp,open,high,low,close,volume\n";
    let rows = [
        "1600000080000,1.0,2.0,1.0,2.0,3.5\n",
        "1600000140000,2.0,2.0,1.0,1.5,1.0\n",
        "1600000380000,1.5,1.5,1.5,1.5,0.0\n",
    ];
    std::fs::write(file("in.csv"), format!("{header}{}", rows.concat())).unwrap();
    let which = ["--instrument", "kraken:BTC/USD", "--timeframe", "1m"];
    let run = |command: &str, more: &[&str]| says(&state, &[&["candles", command], &which[..], more].concat());
    assert_eq!(run("import", &["--from", &file("in.csv")]), "3 candles kept\n");
    assert_eq!(run("import", &["--from", &file("in.csv")]), "3 candles kept\n");
    let said = run("export", &["--out", &file("out.csv")]);
    assert!(said.starts_with("3 candles written to "), "{said}");
    assert_eq!(std::fs::read_to_string(file("out.csv")).unwrap(), std::fs::read_to_string(file("in.csv")).unwrap());
    let gap = "2020-09-13T12:30:00.000000000Z to 2020-09-13T12:32:00.000000000Z: 3 missing\n3 candles, 3 missing between them\n";
    assert_eq!(run("gaps", &[]), gap);
    let said = says(&state, &["db", "forget", "--before", "2020-09-13T12:29:00Z"]);
    assert!(said.starts_with("1 rows from before "), "{said}");
    assert_eq!(run("gaps", &[]).lines().last(), Some("2 candles, 3 missing between them"));
}

#[test]
fn a_file_of_candles_that_is_imported_beside_a_platform_does_not_stop_its_trading() {
    let folder = tempfile::tempdir().unwrap();
    let state = Arc::new(store::open(folder.path()));
    let file = folder.path().join("in.csv");
    let mut text = "timestamp,open,high,low,close,volume\n".to_owned();
    for minute in 0..40_000_u64 {
        text.push_str(&format!("{},1,1,1,1,1\n", 1_600_000_080_000 + minute * 60_000));
    }
    std::fs::write(&file, text).unwrap();
    let is_done = Arc::new(AtomicBool::new(false));
    let (trading, over) = (Arc::clone(&state), Arc::clone(&is_done));
    let trader = std::thread::spawn(move || {
        let mut longest = Duration::ZERO;
        for number in 0.. {
            let began = Instant::now();
            trading.append(store_faults::order(&format!("order-{number}"))).unwrap();
            longest = longest.max(began.elapsed());
            if over.load(Ordering::Relaxed) {
                break;
            }
        }
        longest
    });
    let file = file.to_str().unwrap();
    let import = ["candles", "import", "--instrument", "kraken:BTC/USD", "--timeframe", "1m", "--from", file];
    assert_eq!(says(folder.path(), &import), "40000 candles kept\n");
    is_done.store(true, Ordering::Relaxed);
    let longest = trader.join().unwrap();
    assert_eq!(state.fault(), None);
    assert!(longest < Duration::from_secs(2), "an order waited for {longest:?}");
}

#[test]
fn a_copy_takes_no_file_of_a_stranger_and_no_copy_is_restored_over_itself() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    drop(store::open(&state));
    let (out, stranger) = (folder.path().join("x.db"), folder.path().join("x.part"));
    std::fs::write(&stranger, "mine").unwrap();
    says(&state, &["db", "backup", "--out", out.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(&stranger).unwrap(), "mine");
    let itself = state.join("state.db");
    let arguments = ["db", "restore", "--from", itself.to_str().unwrap(), "--store", state.to_str().unwrap()];
    let error = common::fails(&arguments);
    assert!(error.contains("expected the backup of a state, found the state itself"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_state_is_put_aside_with_its_write_ahead_log() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    drop(store::open(&state));
    let backup = admin(&state).back_up(None).await.unwrap();
    for (name, text) in [("state.db", "damaged"), ("state.db-wal", "the last orders")] {
        std::fs::write(state.join(name), text).unwrap();
    }
    let before = admin(&state).restore(&backup).await.unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(&before).unwrap(), "damaged");
    let log = format!("{}-wal", before.display());
    assert_eq!(std::fs::read_to_string(log).unwrap(), "the last orders");
    assert!(admin(&state).check().await.unwrap().problems.is_empty());
    let again = admin(&state).restore(&backup).await.unwrap().unwrap();
    assert!(!Path::new(&format!("{}-wal", again.display())).exists(), "a whole state has everything in one file");
}

#[test]
fn a_disk_that_is_full_stops_trading_at_once_and_nothing_that_was_kept_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("settings.toml");
    std::fs::write(&config, "version = 2\n[signals]\ncool_down = \"1s\"\n[risk]\norders_per_minute = 1000\n[alerts]\nmin_level = \"critical\"\n").unwrap();
    let state = folder.path().join("state");
    // No file may be longer than 800 kB; a process that ignores the signal is told by an error, as by a full disk.
    let binary = env!("CARGO_BIN_EXE_trading-services");
    let script = format!(
        "trap '' XFSZ; ulimit -f 800; exec {binary} --speed max --config {} --store {}",
        config.display(),
        state.display()
    );
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &script]).env("TRADING_HTTP__ENABLED", "false").env("XDG_STATE_HOME", folder.path());
    let mut platform = Running::start_command(command);
    platform.wait_for_error("the store is away: nothing is ordered until it is back");
    platform.wait_for_output("-- ");
    platform.signal("-INT");
    let (code, stdout, stderr) = platform.end();
    // It is back now and then, while there is room in one of its files. Who says what is not kept depends on what comes last.
    let is_said = ["expected to keep what has happened", "`StateManager` could not stop: expected a state"];
    assert!(code == 0 || is_said.iter().any(|words| stderr.contains(words)), "what is not kept is said: {stderr}");
    let said = said_fills(&stdout);
    assert!(said > 0, "it has traded before: {stdout}");

    let check = says(&state, &["db", "check"]);
    assert!(check.starts_with("in order: "), "{check}");
    let kept = store::open(&state).facts().unwrap();
    let fills = kept
        .iter()
        .filter(|fact| {
            matches!(fact, StateFact::Reported { event, .. }
        if matches!(&**event, trading_services::ports::OrderEvent::Filled(_)))
        })
        .count();
    assert_eq!(fills, said, "each fill that was counted is kept");
}

/// How many fills a summary has.
fn said_fills(summary: &str) -> usize {
    let line = summary.lines().find(|line| line.starts_with("  orders ")).unwrap_or_default();
    let words: Vec<_> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "fills").unwrap_or(1);
    words[at - 1].parse().unwrap_or(0)
}
