//! Random services and containers that plain Rust accepts, compiled, a thousand services in one crate.
//!
//! `ORDINARY_RUST_SEED=7 cargo test -p di-tests --test ordinary_rust` repeats a run.

mod choice;
mod container;
mod interface;
mod kinds;
mod listing;
mod part;
mod service;

use std::time::{SystemTime, UNIX_EPOCH};

use di_tests::Scratch;

use choice::Choice;

/// How many services a run has, at least.
const SERVICES: usize = 1_000;

fn seed() -> u64 {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::from(since.subsec_nanos()));
    std::env::var("ORDINARY_RUST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(now)
}

/// What all modules name.
const PRELUDE: &str = r#"#![allow(warnings)]
use std::future::Future;
use std::task::{Context, Poll, Waker};

/// A type of another crate, as far as the modules go: each has numbers of its own.
pub struct Foreign<const N: usize>(pub usize);

/// A parameter with a type of its own.
pub trait Source: Send + Sync + 'static {
    type Item: Send + Sync + 'static;
}

/// What only types can tell from a type of its own.
pub type Shared<T> = std::sync::Arc<T>;

/// What a provider function with a parameter makes.
pub struct Made<T, const N: usize>(std::marker::PhantomData<fn() -> T>);

impl<const N: usize> Default for Foreign<N> {
    fn default() -> Self { Self(N) }
}

impl<T, const N: usize> Default for Made<T, N> {
    fn default() -> Self { Self(std::marker::PhantomData) }
}

/// A service with a type of its own.
pub trait Holds {
    type Held: Send + Sync + 'static;
}

pub struct Unit;

impl Source for Unit {
    type Item = u64;
}

pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}
"#;

#[test]
fn what_plain_rust_accepts_compiles_and_runs() {
    let seed = seed();
    println!("ORDINARY_RUST_SEED={seed}");
    let mut choice = Choice::new(seed);
    let mut program = PRELUDE.to_owned();
    let (mut services, mut modules) = (0, 0);
    while services < SERVICES {
        let count = 5 + choice.below(7);
        program += &container::module(&mut choice, modules, count);
        services += count;
        modules += 1;
    }
    program += "\nfn main() {\n    let mut services = 0;\n";
    for module in 0..modules {
        program += &format!("    services += m{module}::run();\n");
    }
    program += "    println!(\"{services} services\");\n}\n";
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "ordinary-rust").unwrap();
    scratch.write("src/main.rs", &program).unwrap();
    let output = scratch.cargo(&["run", "--quiet"]).unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ORDINARY_RUST_SEED={seed}\n{told}\n{errors}");
    assert_eq!(told.trim(), format!("{services} services"), "ORDINARY_RUST_SEED={seed}");
}
