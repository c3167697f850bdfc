//! The path of a trade through our services beside the engine of the crate `barter`: idle, and with an order per trade.
//!
//! Both get the same trades of one market, made beforehand, in their own types, and one at a time. With an order per trade each
//! buys at one trade and sells at the next, the exchange on paper fills it with a fee and without latency, and the portfolio
//! takes the fill.
//!
//! What they do is not the same. Ours checks each trade (repeated, late, doubtful), keeps book, candles of all lengths and the
//! value of the account, asks its limits, tells the bus of risk, order and fill, and fills from the depth of a book. `barter`
//! admits every order, keeps the last price and statistics of the position, makes an audit of each event, and is told order,
//! balance and trade as three events.

mod barter;
mod ours;

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group};
use rust_decimal::Decimal;

/// So many trades a run has: then both begin again with nothing.
const TRADES: u64 = 10_000;

/// The trades of a run.
struct Tape {
    count: u64,
}

/// What came of a run.
#[derive(Debug)]
struct Ran {
    orders: u64,
    fills: u64,
}

/// One side.
trait Runs {
    /// Before the first trade, with all trades of the tape at hand.
    fn new(tape: &Tape, is_idle: bool) -> Self;

    /// Takes the next trade, and what follows from it.
    fn take(&mut self);

    fn ran(&self) -> Ran;
}

impl Tape {
    /// Within a thousandth of each other.
    fn prices(&self) -> impl Iterator<Item = Decimal> {
        (0..self.count).map(|number| Decimal::new(6_000_000 + i64::try_from(number * 7 % 601).unwrap_or(0), 2))
    }

    /// The best prices around all of them.
    fn around(&self) -> (Decimal, Decimal) {
        (Decimal::new(5_999_900, 2), Decimal::new(6_000_700, 2))
    }

    /// When a trade is, after the beginning.
    fn after(number: usize) -> Duration {
        Duration::from_millis(10 * (number as u64 + 1))
    }
}

/// Measures the time of one trade.
fn measure<R: Runs>(criterion: &mut Criterion, what: &str, who: &str, is_idle: bool) {
    criterion.benchmark_group(what).bench_function(who, |bencher| {
        bencher.iter_custom(|iterations| {
            let (mut left, mut spent) = (iterations, Duration::ZERO);
            while left > 0 {
                let count = left.min(TRADES);
                let mut run = R::new(&Tape { count }, is_idle);
                let start = Instant::now();
                for _ in 0..count {
                    run.take();
                }
                spent += start.elapsed();
                let Ran { orders, fills } = run.ran();
                // The last order may wait for the next trade.
                let works = if is_idle { orders + fills == 0 } else { orders == count && fills + 1 >= count };
                assert!(works, "{who}: {orders} orders and {fills} fills of {count} trades");
                left -= count;
            }
            spent
        });
    });
}

fn idle(criterion: &mut Criterion) {
    measure::<ours::Ours>(criterion, "trading_idle", "trading_services", true);
    measure::<barter::Barter>(criterion, "trading_idle", "barter", true);
}

fn order_per_trade(criterion: &mut Criterion) {
    measure::<ours::Ours>(criterion, "trading_order_per_trade", "trading_services", false);
    measure::<barter::Barter>(criterion, "trading_order_per_trade", "barter", false);
}

criterion_group!(benches, idle, order_per_trade);

/// Takes the trades once, so that callgrind can count a side: all that it does in `take`.
fn count<R: Runs>(is_idle: bool) -> Ran {
    let mut run = R::new(&Tape { count: TRADES }, is_idle);
    (0..TRADES).for_each(|_| run.take());
    run.ran()
}

/// Measures, or takes the trades once: `count SIDE idle` or `count SIDE orders`.
fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = match arguments[..] {
        ["count", "trading_services", what] => count::<ours::Ours>(what == "idle"),
        ["count", "barter", what] => count::<barter::Barter>(what == "idle"),
        _ => {
            benches();
            Criterion::default().configure_from_args().final_summary();
            return Ok(());
        }
    };
    writeln!(io::stdout(), "{ran:?}")
}
