//! The cost of remembering: durable orders beside a bare client that inserts the same rows, batches, starts, memory, and what
//! people ask for. It fails where an order takes more than 1.2 times as long as the bare client's, or an operation on data more
//! than 100 ms.
//!
//! `cargo run --release -p trading-services --example store_figures [ROWS]`. Both write to the same disk, in turns; a ratio
//! says more than a time.

use std::error::Error;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use trading_services::prelude::*;
use trading_services::store::{DurableState, Location, Settings as StoreSettings, StoreAdmin};

/// Orders in a round, and rounds.
const ORDERS: usize = 200;
const ROUNDS: usize = 5;

/// So much longer than the bare client an order may take, and so long an answer to a person.
const MOST: f64 = 1.2;
const PATIENCE: Duration = Duration::from_millis(100);

fn order(number: usize) -> Result<StateFact, Box<dyn Error>> {
    let request = OrderRequest {
        id: format!("order-{number}").parse()?,
        instrument: "simulated:BTCUSDT".parse()?,
        side: Side::Buy,
        quantity: "0.033335".parse()?,
        kind: OrderKind::Limit { price: "59841.5".parse()?, post_only: false },
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId(u64::try_from(number)?),
    };
    Ok(StateFact::Submitted { request: Box::new(request), time: Timestamp::from_nanos(u64::try_from(number)?) })
}

/// A client that does nothing but insert: one connection, one transaction for each row.
async fn bare(connection: &mut SqliteConnection, number: usize) -> Result<(), Box<dyn Error>> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let statement = "INSERT INTO orders (seq, id, time, instrument, side, quantity, kind, price, time_in_force, \
                     reduce_only, correlation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let number = i64::try_from(number)?;
    sqlx::query(statement)
        .bind(number)
        .bind(format!("order-{number}"))
        .bind(number)
        .bind("simulated:BTCUSDT")
        .bind("buy")
        .bind("0.033335")
        .bind("limit")
        .bind("59841.5")
        .bind("good-till-cancelled")
        .bind(0_i64)
        .bind(number)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    let rows: usize = std::env::args().nth(1).map_or(Ok(1_000_000), |rows| rows.parse())?;
    let (ours, theirs) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let settings = StoreSettings::default();
    // Both have the same schema.
    drop(DurableState::open(theirs.path(), &settings)?);
    let state = DurableState::open(ours.path(), &settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut connection = runtime.block_on(
        SqliteConnectOptions::new()
            .filename(theirs.path().join("state.db"))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .connect(),
    )?;
    let (mut kept, mut inserted) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for number in round * ORDERS + 1..=(round + 1) * ORDERS {
            let fact = order(number)?;
            let began = Instant::now();
            state.append(fact)?;
            kept.push(began.elapsed());
            let began = Instant::now();
            runtime.block_on(bare(&mut connection, number))?;
            inserted.push(began.elapsed());
        }
    }
    let sum = |times: &[Duration]| times.iter().sum::<Duration>();
    let (all, bare_all) = (sum(&kept), sum(&inserted));
    let rate = |time: Duration| (ROUNDS * ORDERS) as f64 / time.as_secs_f64();
    let mut out = stdout().lock();
    writeln!(out, "durable orders  {:.0}/s, median {:?}", rate(all), median(kept))?;
    writeln!(out, "a bare client   {:.0}/s, median {:?}", rate(bare_all), median(inserted))?;
    let ratio = all.as_secs_f64() / bare_all.as_secs_f64();
    writeln!(out, "ratio           {ratio:.2}")?;

    // Not urgent: how much goes through in batches. A start reads the last values of these, and no changes of health.
    let began = Instant::now();
    for number in 0..rows {
        let time = Timestamp::from_nanos(u64::try_from(number)?);
        state.append(if number % 2 == 0 {
            StateFact::Valued(EquityPoint { time, equity: rust_decimal::Decimal::from(number) })
        } else {
            let (service, status, reason) = ("EventLoop", "healthy".to_owned(), None);
            StateFact::Health { service, status, reason, time }
        })?;
    }
    state.flush()?;
    writeln!(out, "batches         {:.0} facts/s", rows as f64 / began.elapsed().as_secs_f64())?;
    drop(state);
    let began = Instant::now();
    let state = DurableState::open(ours.path(), &settings)?;
    let (took, all, read) = (began.elapsed(), rows + ROUNDS * ORDERS, state.facts()?.len());
    writeln!(out, "start           {took:?} with {all} rows, of which it reads {read}")?;
    keep_for_people(&state)?;
    let slowest = read_again(&state, &mut out)?;
    drop(state);
    let slowest = slowest.max(runtime.block_on(asked(&StoreAdmin::of(ours.path(), &settings), &mut out))?);
    drop(ours);
    start_with_orders(&runtime, rows, &mut out)?;
    if ratio > MOST || slowest > PATIENCE {
        let found = format!("found {ratio:.2} times and {slowest:?}");
        return Err(
            format!("expected at most {MOST} times the client, and {PATIENCE:?} of an operation, {found}").into()
        );
    }
    Ok(())
}

/// What is asked of the state while the platform runs: by the database, and by the cache in front of it.
fn read_again(state: &DurableState, out: &mut impl Write) -> Result<Duration, Box<dyn Error>> {
    let settings = toml::to_string(&Settings::default())?;
    for number in 0..100_u64 {
        let settings = format!("{settings}# {number}\n");
        let (reason, time) = ("a change of the file".to_owned(), Timestamp::from_nanos(number));
        state.append(StateFact::Configured { settings, text: None, reason, time })?;
    }
    state.flush()?;
    let began = Instant::now();
    let found = state.configurations()?.len();
    let read = began.elapsed();
    let began = Instant::now();
    let again = state.configurations()?.len();
    let remembered = began.elapsed();
    if (found, again) != (100, 100) {
        return Err(format!("expected what was kept, found {found} and {again}").into());
    }
    writeln!(out, "100 versions    {read:?}, from the cache {remembered:?}")?;
    Ok(read)
}

/// How long the store and the whole platform take to go on from orders that are all filled, and how much memory they have then.
fn start_with_orders(
    runtime: &tokio::runtime::Runtime,
    rows: usize,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    const NUMBERS: &str = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1) ";
    const ORDERS: &str = "INSERT INTO orders SELECT 2 * n - 1, 'order-' || n, n, 'simulated:BTCUSDT', \
                          CASE n % 2 WHEN 0 THEN 'sell' ELSE 'buy' END, '0.5', 'limit', '100', 'good-till-cancelled', 0, n \
                          FROM numbers";
    const FILLS: &str = "INSERT INTO fills SELECT 2 * n, 'fill-' || n, 'order-' || n, n, n, 'simulated:BTCUSDT', \
                         CASE n % 2 WHEN 0 THEN 'sell' ELSE 'buy' END, '0.5', '100', 'USDT', '0', 'USDT', 'taker', n \
                         FROM numbers";
    let folder = tempfile::tempdir()?;
    let mut settings = Settings::default();
    let state = DurableState::open(folder.path(), &StoreSettings::default())?;
    // Who has traded has opened an account before.
    let (currency, cash) = (settings.portfolio.currency.clone(), settings.portfolio.cash);
    state.append(StateFact::Opened { currency, cash })?;
    drop(state);
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(folder.path().join("state.db"));
        let mut connection = options.connect().await?;
        for insert in [ORDERS, FILLS] {
            let statement = sqlx::AssertSqlSafe(format!("{NUMBERS}{insert}"));
            sqlx::query(statement).bind(i64::try_from(rows / 2)?).execute(&mut connection).await?;
        }
        connection.close().await?;
        Ok::<_, Box<dyn Error>>(())
    })?;
    let (before, began) = (resident()?, Instant::now());
    let state = DurableState::open(folder.path(), &StoreSettings::default())?;
    let (took, facts) = (began.elapsed(), state.facts()?.len());
    drop(state);
    writeln!(out, "orders          {took:?} with {rows} rows of orders and fills, of which it reads {facts}")?;
    settings.http.enabled = false;
    settings.store.folder = Some(Location::Folder(folder.path().to_owned()));
    let began = Instant::now();
    let app = TradingApp::build(TradingAppInputs { settings: settings.into() })?;
    let (took, memory) = (began.elapsed(), resident()?.saturating_sub(before) / 1_024);
    writeln!(out, "a platform      {took:?} to be built on them, and {memory} MB more than before")?;
    drop(app);
    Ok(())
}

/// The memory of this process, in kilobytes.
fn resident() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("expected VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// What is looked at by page and commands: alerts, what modules have seen, and a month of minutes.
fn keep_for_people(state: &DurableState) -> Result<(), Box<dyn Error>> {
    let instrument: InstrumentId = "simulated:BTCUSDT".parse()?;
    let price = "59841.5".parse()?;
    for number in 0..43_200_u64 {
        let time = Timestamp::from_nanos(number * 60_000_000_000);
        let (open_time, volume) = (time, "1.5".parse()?);
        let candle =
            Candle { open_time, open: price, high: price, low: price, close: price, volume, trades: 7, doubtful: 0 };
        state.append(StateFact::Closed { instrument: instrument.clone(), timeframe: Timeframe::M1, candle })?;
        if number % 20 == 0 {
            let (level, message) = (AlertLevel::Warning, "a large trade".to_owned());
            let (id, instrument) = (number + 1, instrument.clone());
            let alert = Alert {
                id,
                time,
                level,
                rule: "large-trade",
                instrument: Some(instrument.clone()),
                service: None,
                message,
                escalated: false,
            };
            state.append(StateFact::Raised { alert: Box::new(alert), due: vec!["log"] })?;
            state.append(StateFact::Delivered { alert: id, channel: "log", time, error: None })?;
            let (direction, reason) = (Direction::Long, "confluence 70".to_owned());
            let opportunity = Box::new(Opportunity { instrument, direction, confidence: 70.0, price, reason });
            state.append(StateFact::Seen { module: "crypto", opportunity, time })?;
        }
    }
    Ok(state.flush()?)
}

/// How long each takes, with the connection that it makes: the median of several. Returns the slowest.
async fn asked(admin: &StoreAdmin, out: &mut impl Write) -> Result<Duration, Box<dyn Error>> {
    const TIMES: usize = 9;
    let instrument: InstrumentId = "simulated:BTCUSDT".parse()?;
    let (mut alerts, mut seen, mut candles) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let began = Instant::now();
        let found = admin.alerts(100).await?.len();
        alerts.push(began.elapsed());
        let began = Instant::now();
        let also = admin.opportunities(100).await?.len();
        seen.push(began.elapsed());
        let began = Instant::now();
        let all = admin.candles(&instrument, Timeframe::M1).await?.len();
        candles.push(began.elapsed());
        if (found, also, all) != (100, 100, 43_200) {
            return Err(format!("expected what was kept, found {found}, {also}, {all}").into());
        }
    }
    let (alerts, seen, candles) = (median(alerts), median(seen), median(candles));
    writeln!(out, "100 alerts      {alerts:?}")?;
    writeln!(out, "100 sightings   {seen:?}")?;
    writeln!(out, "43,200 candles  {candles:?}")?;
    Ok(alerts.max(seen).max(candles))
}
