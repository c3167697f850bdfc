//! L12: signals, the second signal, and exit codes.

use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::interface;
use di_core::lifecycle::{ForcedExit, Outcome, PlanNode, Signals, StartCause, StopReason};

use crate::world::{Log, Script, Service, application, millis};

/// Signals at given moments.
struct Scheduled {
    log: Log,
    armed: Result<(), &'static str>,
    at: std::vec::IntoIter<u64>,
    beginning: tokio::time::Instant,
}

fn signals<const N: usize>(log: &Log, at: [u64; N]) -> Scheduled {
    Scheduled { log: log.clone(), armed: Ok(()), at: Vec::from(at).into_iter(), beginning: tokio::time::Instant::now() }
}

#[interface]
impl Signals for Scheduled {
    fn arm(&mut self) -> Result<(), BoxError> {
        self.log.say("armed");
        self.armed.map_err(Into::into)
    }

    async fn next(&mut self) -> &'static str {
        match self.at.next() {
            Some(ms) => tokio::time::sleep_until(self.beginning + millis(ms)).await,
            None => std::future::pending().await,
        }
        "SIGTERM"
    }
}

#[tokio::test(start_paused = true)]
async fn l12_signals_are_armed_before_the_start_and_the_first_is_graceful() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").node()]);
    let application = application.with_started({
        let log = log.clone();
        move |report| log.say(format!("told of {}", report.services()[0].service))
    });
    let outcome = application.run_with(signals(&log, [500])).await;
    assert_eq!(log.lines(), ["armed", "venue start", "venue start ok", "told of venue", "venue stop", "venue stop ok"]);
    assert_eq!(log.at("venue stop"), Some(500));
    let stopped = outcome.stop().unwrap().as_ref().unwrap();
    assert_eq!(stopped.reason(), &StopReason::Signal("SIGTERM"));
    assert_eq!(outcome.exit_code(), 0);
}

#[tokio::test(start_paused = true)]
async fn l12_a_second_signal_exits_at_once_and_says_who_was_still_running() {
    let log = Log::new();
    let exits: Arc<Mutex<Vec<ForcedExit>>> = Arc::default();
    let exited = Arc::clone(&exits);
    let application = application([
        Service::new(&log, "app").node().after([1]),
        Service::new(&log, "hangs").stop(Script::Hang).node().after([2]),
        Service::new(&log, "base").node(),
    ])
    .with_exit(move |exit| exited.lock().unwrap().push(exit));
    let _outcome = application.run_with(signals(&log, [500, 700])).await;
    let exits = exits.lock().unwrap();
    assert_eq!(exits.len(), 1);
    assert_eq!((exits[0].signal, exits[0].code), ("SIGTERM", 130));
    assert_eq!(exits[0].still_running, ["base", "hangs"]);
    assert_eq!(exits[0].to_string(), "SIGTERM again: exiting at once; still running: base, hangs");
}

#[tokio::test(start_paused = true)]
async fn l12_a_signal_during_the_start_cancels_it() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").start(Script::Hang).node()]);
    let outcome = application.run_with(signals(&log, [50])).await;
    let cause = outcome.start().as_ref().unwrap_err().cause();
    let expected = StopReason::Signal("SIGTERM");
    assert!(matches!(cause, StartCause::Cancelled { reason, place } if *reason == expected && place == &["venue"]));
    assert_eq!(outcome.exit_code(), 1);
}

#[tokio::test(start_paused = true)]
async fn l12_after_a_signal_before_the_start_nothing_is_started() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").node()]);
    let outcome = application.run_with(signals(&log, [0])).await;
    let cause = outcome.start().as_ref().unwrap_err().cause();
    assert!(matches!(cause, StartCause::Cancelled { place, .. } if place.is_empty()), "{cause}");
    assert_eq!(log.lines(), ["armed"]);
}

#[tokio::test(start_paused = true)]
async fn l12_the_exit_code_is_not_zero_after_any_failure() {
    let log = Log::new();
    let code = async |node: PlanNode| {
        let outcome: Outcome = application([node]).run_with(signals(&log, [100])).await;
        (outcome.exit_code(), outcome.is_success(), outcome.to_string())
    };
    let venue = || Service::new(&log, "venue");
    assert_eq!(code(venue().node()).await, (0, true, "everything has stopped".to_owned()));
    let dies = venue().also(|context| {
        context.spawn("feed", async {
            tokio::time::sleep(millis(50)).await;
            Err("no feed".into())
        });
    });
    for (node, text) in [
        (venue().start(Script::Fail(1)).node(), "`venue` could not start: "),
        (venue().stop(Script::Fail(1)).node(), "`venue` could not stop: "),
        (dies.node(), "the task `feed` of `venue` died: no feed"),
    ] {
        let (code, success, said) = code(node).await;
        assert_eq!((code, success), (1, false), "{said}");
        assert!(said.starts_with(text), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn l12_without_signals_nothing_is_started() {
    let log = Log::new();
    let application = application([Service::new(&log, "venue").node()]);
    let outcome = application.run_with(Scheduled { armed: Err("no signals here"), ..signals(&log, []) }).await;
    assert!(matches!(outcome.start().as_ref().unwrap_err().cause(), StartCause::Signals(_)));
    assert_eq!((outcome.exit_code(), outcome.stop().is_none()), (1, true));
    assert_eq!(log.lines(), ["armed"]);
}

/// What the test below runs in a process of its own: a service whose stop hangs if it is told so.
#[cfg(unix)]
#[expect(clippy::print_stdout, reason = "it is how it speaks to the process that sends the signals")]
async fn child(hangs: bool) -> i32 {
    let log = Log::new();
    let stop = if hangs { Script::Hang } else { Script::Ok(0) };
    let venue = Service::new(&log, "venue").stop(stop).also(|context| {
        let probes = context.probes();
        context.spawn("tell", async move {
            while !probes.is_ready() {
                tokio::time::sleep(millis(1)).await;
            }
            println!("everything has started");
            Ok(())
        });
    });
    let outcome = application([venue.node()]).run().await;
    i32::from(outcome.exit_code())
}

/// The real signals and the real exit, in a process of its own: the signals stay armed until it ends.
#[cfg(unix)]
#[test]
fn l12_the_signals_of_the_operating_system_are_heard() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    const CHILD: &str = "DI_CORE_LIFECYCLE_CHILD";
    if let Ok(hangs) = std::env::var(CHILD) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        std::process::exit(runtime.block_on(child(hangs == "hangs")));
    }
    for (case, signals, code) in
        [("stops", vec!["-TERM"], 0), ("stops", vec!["-INT"], 0), ("hangs", vec!["-TERM", "-INT"], 130)]
    {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "run::l12_the_signals_of_the_operating_system_are_heard", "--nocapture"])
            .env(CHILD, case)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("everything has started")));
        for signal in signals {
            let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
            assert!(sent.success());
            // Two signals at one moment would be told in either order.
            std::thread::sleep(millis(100));
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{case}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(code == 130, said.contains("SIGINT again: exiting at once; still running: venue"), "{said}");
    }
}
