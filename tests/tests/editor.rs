//! Expansions for rust-analyzer: they compile, and say the same as those for rustc.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use di_tests::Scratch;

/// Every place in which a key can stand, and containers of each mode, whose types are spelt out.
const CODE: &str = r#"
#![deny(warnings)]
#![allow(dead_code)]

use std::future::Future;
use std::sync::Arc;

use di_core::dependency::Many;
use di_core::error::{BoxError, BuildError};
use di_core::{Close, container, interface, service};

#[interface]
pub trait IClock: Send {}

#[service(provides = IClock, post_construct = Self::start, concrete = deprecated, close, crate = di_core)]
pub struct Clock {
    #[inject(default)]
    started: bool,
    #[inject(key)]
    key: &'static str,
}

impl IClock for Clock {}

impl Clock {
    fn start(&mut self) {
        self.started = true;
    }
}

impl Close for Clock {
    fn close(&self) -> Result<(), BoxError> {
        Ok(())
    }
}

#[service]
pub struct Ticket {
    #[arg]
    quantity: u32,
}

pub struct Feed;

#[service]
impl Feed {
    #[constructor]
    async fn connect(#[inject(qualified = Feed)] _clock: Arc<dyn IClock>) -> Self {
        Self
    }
}

pub struct Settings;

#[service]
impl Settings {
    #[constructor]
    fn read(_clocks: Many<dyn IClock>) -> Result<Self, std::io::Error> {
        Ok(Self)
    }
}

#[container(register = dual, build = infallible, interface_coverage = 0, max_coupling = 100)]
#[absent(dyn IClock)]
pub struct Plain {
    #[input]
    name: String,
    #[transient]
    ticket: Ticket,
}

#[container(build = fallible)]
pub struct Fallible {
    settings: Settings,
    #[many(dyn IClock, key = "system")]
    clock: Clock,
}

#[container]
pub struct Live {
    #[module]
    plain: Plainer,
    #[entry]
    feed: Feed,
    #[many(dyn IClock, key = "a")]
    #[register(dual)]
    #[qualified(Feed)]
    clock: Clock,
}

#[container(build = fallible)]
#[empty(dyn IClock)]
pub struct Plainer {
    settings: Settings,
}

#[container]
pub struct Later {
    feed: Feed,
    #[input]
    #[qualified(Feed)]
    #[allow(unused)]
    clock: Arc<dyn IClock>,
}

pub fn plain() -> Plain {
    Plain::build(PlainInputs { name: String::new() })
}

pub fn fallible() -> Result<Fallible, BuildError> {
    Fallible::build(FallibleInputs {})
}

pub fn later(clock: Arc<dyn IClock>) -> impl Future<Output = Later> {
    Later::build(LaterInputs { clock })
}

pub fn live() -> impl Future<Output = Result<Live, BuildError>> {
    Live::build(LiveInputs {})
}
"#;

/// The variable is set where rust-analyzer runs the macros, and nowhere else.
fn check(in_the_editor: bool) {
    let name = if in_the_editor { "in-the-editor" } else { "beside-the-editor" };
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), name).unwrap();
    scratch.write("src/lib.rs", CODE).unwrap();
    let variables: &[(&str, &str)] =
        if in_the_editor { &[("RUST_ANALYZER_INTERNALS_DO_NOT_USE", "this is unstable")] } else { &[] };
    let output = scratch.cargo_with(&["check", "--quiet"], variables).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_is_written_for_rustc_and_for_the_editor_has_the_same_types() {
    check(false);
    check(true);
}
