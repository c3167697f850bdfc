//! The price of the page's viewers for the pipeline: the time that a message takes without viewers and with two hundred of them.
//!
//! `cargo run --release -p trading-services --example viewers [VIEWERS] [MESSAGES A SECOND] [SECONDS A ROUND]`. Rounds
//! without and with viewers take turns in one process; a ratio says more than a time.

use std::error::Error;
use std::io::{Write, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use futures::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use trading_services::engine::Latency;
use trading_services::prelude::*;

const ROUNDS: usize = 3;

/// What a viewer of the market view looks at.
const TOPICS: &str = r#"{"v":1,"subscribe":{"overview":0,"equity":0,"orders":0,"fills":0,"signals":0,"alerts":0,
    "market:simulated:BTCUSDT":0,"trades:simulated:BTCUSDT":0,"candles:simulated:BTCUSDT:1s":0}}"#;

/// How long the viewer waits after each message that reads slowly.
const SLOW: Duration = Duration::from_secs(2);

/// What viewers have got.
#[derive(Debug, Default)]
struct Got {
    messages: AtomicU64,
    bytes: AtomicU64,
}

/// Reads what is sent until the platform ends.
async fn view(url: String, pause: Duration, got: Arc<Got>) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    let (mut socket, _) = connect_async(url).await?;
    socket.send(Message::text(TOPICS)).await?;
    while let Some(Ok(message)) = socket.next().await {
        got.messages.fetch_add(1, Ordering::Relaxed);
        got.bytes.fetch_add(message.len() as u64, Ordering::Relaxed);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    Ok(())
}

/// A run with so many viewers, of which the last one is slow: what a message took, and what a viewer and the slow one got.
fn round(viewers: usize, rate: u32, seconds: u32) -> Result<(Latency, u64, u64, u64), Box<dyn Error>> {
    let mut settings = Settings::default();
    settings.http.address = Some(([127, 0, 0, 1], 0).into());
    settings.simulation.events_per_second = rate;
    settings.run.events = Some(u64::from(rate) * u64::from(seconds));
    let (fast, slow) = (Arc::new(Got::default()), Arc::new(Got::default()));
    // Viewers are another program; here, another runtime.
    let others = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let latency = runtime.block_on(async {
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) })?;
        let application = Application::of(&app);
        application.start().await?;
        let address = app.get::<HttpServer>().address().ok_or("expected a server that listens")?;
        for viewer in 0..viewers {
            let is_slow = viewer + 1 == viewers;
            let (pause, got) = if is_slow { (SLOW, &slow) } else { (Duration::ZERO, &fast) };
            others.spawn(view(format!("ws://{address}/api/v1/live"), pause, Arc::clone(got)));
        }
        application.finished().await?;
        let summary = app.get::<EventLoop>().summary().ok_or("expected a run that has begun")?;
        Ok::<_, Box<dyn Error>>(summary.latency_ns)
    })?;
    others.shutdown_background();
    let each = u64::try_from(viewers.saturating_sub(1).max(1))?;
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    Ok((latency, read(&fast.messages) / each, read(&fast.bytes) / each, read(&slow.messages)))
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut given = |usual: u32| arguments.next().map_or(Ok(usual), |text| text.parse());
    let (viewers, rate, seconds) = (given(200)?, given(50)?, given(20)?);
    let viewers = usize::try_from(viewers)?;
    let mut out = stdout().lock();
    writeln!(
        out,
        "{rate} messages a second for {seconds} s, {ROUNDS} rounds each, in turns; times of a message in µs"
    )?;
    let (mut alone, mut watched) = (Vec::new(), Vec::new());
    for number in 1..=ROUNDS {
        for (count, kept) in [(0, &mut alone), (viewers, &mut watched)] {
            let (latency, messages, bytes, slow) = round(count, rate, seconds)?;
            let micros = |nanos: u64| nanos / 1_000;
            writeln!(
                out,
                "round {number}, {count:>3} viewers: p50 {}, p90 {}, p99 {}, max {}; each viewer got {messages} messages, \
                 {bytes} bytes; the slow one {slow}",
                micros(latency.p50),
                micros(latency.p90),
                micros(latency.p99),
                micros(latency.max)
            )?;
            kept.push(latency);
        }
    }
    for (name, quantile) in [
        ("p50", (|latency: &Latency| latency.p50) as fn(&Latency) -> u64),
        ("p90", |latency| latency.p90),
        ("p99", |latency| latency.p99),
    ] {
        let of = |rounds: &[Latency]| median(rounds.iter().map(quantile).collect());
        let (before, after) = (of(&alone), of(&watched));
        let percent = after.saturating_mul(100).checked_div(before).unwrap_or_default();
        writeln!(out, "{name}: {} µs without, {} µs with: {percent} %", before / 1_000, after / 1_000)?;
    }
    Ok(())
}
