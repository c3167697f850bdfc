use std::sync::Arc;
use di_core::{container, interface, service};
#[interface]
pub trait IClock { fn now_ms(&self) -> u64; }
#[service(provides = IClock)]
pub struct SystemClock;
impl IClock for SystemClock { fn now_ms(&self) -> u64 { 1_700_000_000_000 } }
#[service]
pub struct Journal { clock: Arc<dyn IClock> }
#[container]
pub struct App { journal: Journal, clock: SystemClock }
fn main() {
let app = App::build(AppInputs {});
let clock: &dyn IClock = app.get();
let same: &SystemClock = app.get();
let journal: Arc<Journal> = app.shared();
assert_eq!(clock.now_ms(), same.now_ms());
assert_eq!(journal.clock.now_ms(), clock.now_ms());
println!("{}", App::GRAPH);
}
