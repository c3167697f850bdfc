//! Services that do what a test tells them, and write down what was done with them and when.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::interface;
use di_core::lifecycle::{Application, Context, Lifecycle, Plan, PlanNode, Settings};
use tokio::time::Instant;

/// What was done, each with the milliseconds since the beginning.
#[derive(Clone)]
pub(crate) struct Log {
    beginning: Instant,
    lines: Arc<Mutex<Vec<(u128, String)>>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { beginning: Instant::now(), lines: Arc::default() }
    }

    pub(crate) fn say(&self, line: impl Into<String>) {
        self.lines.lock().unwrap().push((self.beginning.elapsed().as_millis(), line.into()));
    }

    pub(crate) fn timed(&self) -> Vec<(u128, String)> {
        self.lines.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.timed().into_iter().map(|(_, line)| line).collect()
    }

    /// The milliseconds at which a line was written.
    pub(crate) fn at(&self, line: &str) -> Option<u128> {
        self.timed().into_iter().find(|(_, other)| other == line).map(|(at, _)| at)
    }

    /// The lines that end so, without the end.
    pub(crate) fn of(&self, end: &str) -> Vec<String> {
        self.lines().iter().filter_map(|line| line.strip_suffix(end)).map(str::to_owned).collect()
    }
}

/// What a hook does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Script {
    /// It succeeds after so many milliseconds.
    Ok(u64),
    /// It fails after so many milliseconds.
    Fail(u64),
    /// It panics after so many milliseconds.
    Panic(u64),
    /// It never ends.
    Hang,
}

type Also = Box<dyn Fn(&Context) + Send + Sync>;

pub(crate) struct Service {
    name: &'static str,
    log: Log,
    start: Script,
    stop: Script,
    abort: Script,
    also: Option<Also>,
}

impl Service {
    pub(crate) fn new(log: &Log, name: &'static str) -> Self {
        let quick = Script::Ok(10);
        Self { name, log: log.clone(), start: quick, stop: quick, abort: quick, also: None }
    }

    pub(crate) fn start(self, start: Script) -> Self {
        Self { start, ..self }
    }

    pub(crate) fn stop(self, stop: Script) -> Self {
        Self { stop, ..self }
    }

    pub(crate) fn abort(self, abort: Script) -> Self {
        Self { abort, ..self }
    }

    /// What it does at the beginning of its start.
    pub(crate) fn also(self, also: impl Fn(&Context) + Send + Sync + 'static) -> Self {
        Self { also: Some(Box::new(also)), ..self }
    }

    pub(crate) fn node(self) -> PlanNode {
        PlanNode::new(self.name).hooks(Arc::new(self))
    }

    async fn act(&self, hook: &'static str, script: Script) -> Result<(), BoxError> {
        let name = self.name;
        self.log.say(format!("{name} {hook}"));
        let mut unless_ended = Dropped { log: &self.log, line: Some(format!("{name} {hook} dropped")) };
        match script {
            Script::Ok(ms) | Script::Fail(ms) | Script::Panic(ms) => tokio::time::sleep(millis(ms)).await,
            Script::Hang => std::future::pending().await,
        }
        unless_ended.line = None;
        match script {
            Script::Fail(_) => Err(format!("{name} fails to {hook}").into()),
            Script::Panic(_) => panic!("{name} panics in {hook}"),
            Script::Ok(_) | Script::Hang => {
                self.log.say(format!("{name} {hook} ok"));
                Ok(())
            }
        }
    }
}

#[interface]
impl Lifecycle for Service {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        if let Some(also) = &self.also {
            also(context);
        }
        self.act("start", self.start).await
    }

    async fn stop(&self) -> Result<(), BoxError> {
        self.act("stop", self.stop).await
    }

    async fn on_abort(&self) -> Result<(), BoxError> {
        self.act("abort", self.abort).await
    }
}

/// Writes a line if a future is dropped before its end.
pub(crate) struct Dropped<'a> {
    pub(crate) log: &'a Log,
    pub(crate) line: Option<String>,
}

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.line.take()
            && !std::thread::panicking()
        {
            self.log.say(line);
        }
    }
}

pub(crate) fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// An application in which a hook may take a second, and all of them ten.
pub(crate) fn application(nodes: impl IntoIterator<Item = PlanNode>) -> Application {
    with(nodes, settings())
}

pub(crate) fn with(nodes: impl IntoIterator<Item = PlanNode>, settings: Settings) -> Application {
    Application::new(Plan::new(nodes).unwrap()).with_settings(settings).unwrap()
}

pub(crate) fn settings() -> Settings {
    Settings::default()
        .start_budget(millis(1_000))
        .start_total(millis(10_000))
        .stop_budget(millis(1_000))
        .stop_total(millis(10_000))
}

/// What the events say while `scope` runs.
pub(crate) fn heard(scope: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Ear(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Ear {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    // While there is one subscriber alone, `tracing` lets the thread that reaches a place first decide for all whether it
    // is heard, and other tests have no subscriber. A second one makes it ask both.
    static SECOND: LazyLock<tracing::Dispatch> =
        LazyLock::new(|| tracing::Dispatch::new(tracing_subscriber::registry()));
    LazyLock::force(&SECOND);
    let ear = Ear::default();
    let writer = ear.clone();
    let subscriber =
        tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).without_time().finish();
    tracing::subscriber::with_default(subscriber, scope);
    let bytes = ear.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}
