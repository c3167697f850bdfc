//! A whole application tested with one part replaced: a fake in three lines, a container in one.
//!
//! `cargo test -p di-core --example tests_with_fakes`

use std::sync::Arc;

use di_core::{container, interface, service};

/// What the time is.
#[interface]
trait IClock {
    /// The hour of the day.
    fn hour(&self) -> u32;
}

/// The clock of this machine.
#[service(provides = IClock)]
struct SystemClock;

impl IClock for SystemClock {
    fn hour(&self) -> u32 {
        let seconds = std::time::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs());
        u32::try_from(seconds / 3_600 % 24).unwrap_or_default()
    }
}

/// Says good morning, and knows when.
#[service]
struct Greeter {
    clock: Arc<dyn IClock>,
}

impl Greeter {
    fn greeting(&self) -> &'static str {
        match self.clock.hour() {
            5..=11 => "Good morning",
            12..=17 => "Good afternoon",
            _ => "Good evening",
        }
    }
}

/// What exists.
#[container]
struct App {
    greeter: Greeter,
    clock: SystemClock,
}

fn main() -> std::io::Result<()> {
    use std::io::Write as _;

    let app = App::build(AppInputs {});
    writeln!(std::io::stdout(), "{}", app.get::<Greeter>().greeting())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[service(provides = IClock)]
    struct Noon;
    impl IClock for Noon {
        fn hour(&self) -> u32 {
            12
        }
    }

    #[container(from = App, replace(clock = Noon))]
    struct AtNoon;

    #[test]
    fn at_noon_the_afternoon_begins() {
        let app = AtNoon::build(AtNoonInputs {});
        assert_eq!(app.get::<Greeter>().greeting(), "Good afternoon");
    }
}
