//! A service tested against mocks of what it needs: mockall's `#[automock]` under `#[interface]`, also with an `async fn`.
//!
//! `cargo test -p di-core --features async-trait --example tests_with_mocks`

use std::sync::Arc;

use di_core::{container, interface, service};

/// What the weather will be.
#[interface]
#[cfg_attr(test, mockall::automock)]
trait IForecast {
    /// Degrees tomorrow.
    async fn tomorrow(&self, place: &str) -> Option<i32>;
}

/// Who is told.
#[interface]
#[cfg_attr(test, mockall::automock)]
trait IMail {
    /// Whether it was accepted.
    fn send(&self, to: &str, text: &str) -> bool;
}

/// Tells people what to wear.
#[service]
struct Advice {
    forecast: Arc<dyn IForecast>,
    mail: Arc<dyn IMail>,
}

impl Advice {
    async fn tell(&self, to: &str, place: &str) -> bool {
        match self.forecast.tomorrow(place).await {
            Some(degrees) if degrees < 10 => self.mail.send(to, "Take a coat."),
            Some(_) => self.mail.send(to, "No coat needed."),
            None => false,
        }
    }
}

/// A forecast that knows one place.
#[service(provides = IForecast)]
struct Almanac;

#[interface]
impl IForecast for Almanac {
    async fn tomorrow(&self, place: &str) -> Option<i32> {
        (place == "Oslo").then_some(4)
    }
}

/// Mail that goes nowhere.
#[service(provides = IMail)]
struct Pigeonhole;

impl IMail for Pigeonhole {
    fn send(&self, to: &str, text: &str) -> bool {
        !to.is_empty() && !text.is_empty()
    }
}

/// What exists.
#[container]
struct App {
    advice: Advice,
    forecast: Almanac,
    mail: Pigeonhole,
}

#[tokio::main]
async fn main() -> Result<(), &'static str> {
    let app = App::build(AppInputs {});
    let told = app.get::<Advice>().tell("ada@example.org", "Oslo").await;
    told.then_some(()).ok_or("nobody was told")
}

#[cfg(test)]
mod tests {
    use mockall::predicate::eq;

    use super::*;

    /// The service alone, with what a test expects around it.
    #[container]
    struct Alone {
        #[input]
        forecast: Arc<dyn IForecast>,
        #[input]
        mail: Arc<dyn IMail>,
        #[entry]
        advice: Advice,
    }

    #[tokio::test]
    async fn in_the_cold_a_coat_is_advised() {
        let mut forecast = MockIForecast::new();
        forecast.expect_tomorrow().with(eq("Rome")).returning(|_| Some(9));
        let mut mail = MockIMail::new();
        mail.expect_send().with(eq("ada"), eq("Take a coat.")).once().return_const(true);
        let app = Alone::build(AloneInputs { forecast: Arc::new(forecast), mail: Arc::new(mail) });
        assert!(app.get::<Advice>().tell("ada", "Rome").await);
    }

    #[tokio::test]
    async fn without_a_forecast_nobody_is_told() {
        let mut forecast = MockIForecast::new();
        forecast.expect_tomorrow().returning(|_| None);
        let mut mail = MockIMail::new();
        mail.expect_send().never();
        let app = Alone::build(AloneInputs { forecast: Arc::new(forecast), mail: Arc::new(mail) });
        assert!(!app.get::<Advice>().tell("ada", "Rome").await);
    }
}
