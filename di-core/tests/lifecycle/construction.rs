//! L17: how long constructors took, and the spans in which they ran.

use std::sync::Arc;
use std::time::Duration;

use di_core::lifecycle::{Application, Constructions, Lifecycle};
use di_core::{container, service};

use crate::world::{heard, millis};

struct Venue;

#[service(lifecycle)]
impl Venue {
    #[constructor]
    async fn connect() -> Self {
        tracing::info!("connects");
        tokio::time::sleep(Duration::from_millis(30)).await;
        tracing::info!("connected");
        Self
    }
}

impl Lifecycle for Venue {}

struct Market;

#[service(lifecycle)]
impl Market {
    #[constructor]
    async fn load(_venue: Arc<Venue>) -> Self {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Self
    }
}

impl Lifecycle for Market {}

#[service(lifecycle)]
struct Desk {
    _market: Arc<Market>,
}

impl Lifecycle for Desk {}

#[container(build = async)]
struct Trading {
    desk: Desk,
    market: Market,
    venue: Venue,
}

#[container]
struct App {
    #[module]
    trading: Trading,
}

#[tokio::test(start_paused = true)]
async fn l17_the_start_report_tells_how_long_constructors_took() {
    let (building, times) = Constructions::timed(|| App::build(AppInputs {}));
    let app = building.await;
    let took = ["trading.venue", "trading.market", "trading.desk", "trading"].map(|field| times.of(field).unwrap());
    assert_eq!(took, [millis(30), millis(20), millis(0), millis(50)]);
    let application = Application::of(&app).with_constructions(&times);
    let report = application.start().await.unwrap();
    let told: Vec<_> =
        report.services().iter().map(|line| (line.service, line.construction.unwrap().as_millis())).collect();
    assert_eq!(told, [("Venue", 30), ("Market", 20), ("Desk", 0)]);
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn l17_without_being_asked_nothing_is_timed() {
    let (_, times) = Constructions::timed(|| ());
    let app = App::build(AppInputs {}).await;
    assert!(times.of("trading.venue").is_none());
    let application = Application::of(&app);
    let report = application.start().await.unwrap();
    assert!(report.services().iter().all(|line| line.construction.is_none()));
    application.stop().await.unwrap();
}

#[test]
fn l17_the_span_of_a_constructor_names_its_service_and_its_container() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let text = heard(|| {
        runtime.block_on(async { drop(App::build(AppInputs {}).await) });
    });
    for said in ["connects", "connected"] {
        let line = format!(
            "construct{{service=\"Trading\" container=\"App\"}}:construct{{service=\"Venue\" container=\"Trading\"}}: lifecycle::construction: {said}"
        );
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
}
