//! A venue that trades more than was ordered is told of.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
use trading_services::prelude::*;

use crate::common;

/// Says of an order, as a venue would, that so much of it was traded.
#[service(provides = IRunObserver)]
struct Venue {
    orders: Arc<Topic<Order>>,
    #[inject(default)]
    has_told: AtomicBool,
}

impl IRunObserver for Venue {
    fn event(&self, _: &MarketEvent, _: &Ingested) -> std::io::Result<()> {
        if self.has_told.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        for (id, filled) in [("exact", "2"), ("beyond", "2.5")] {
            let request = OrderRequest {
                id: id.parse().unwrap(),
                instrument: common::btc_id(),
                side: Side::Buy,
                quantity: "2".parse().unwrap(),
                kind: OrderKind::Market,
                time_in_force: TimeInForce::default(),
                reduce_only: false,
                correlation: CorrelationId::default(),
            };
            let order = Order {
                request,
                submitted: Timestamp::default(),
                changed: Timestamp::default(),
                status: OrderStatus::Filled,
                filled: filled.parse().unwrap(),
                reason: None,
            };
            let _missed = self.orders.publish(order).now();
        }
        Ok(())
    }

    fn progress(&self, _: &Summary) -> std::io::Result<()> {
        Ok(())
    }
}

#[container(from = TradingApp, replace(observer = Venue))]
struct WatchedApp;

#[tokio::test(flavor = "current_thread")]
async fn a_fill_beyond_the_order_raises_one_alert_that_names_both_quantities() {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20));
    let app = WatchedApp::build(WatchedAppInputs { settings: Arc::new(settings) }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    let alerts: &dyn IAlertService = app.get();
    let told: Vec<_> = alerts.alerts(None, 100, None).into_iter().filter(|alert| alert.rule == "overfilled").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].message, "binance:BTCUSDT: 2.5 of the order beyond were traded, and 2 were wanted");
    assert_eq!(told[0].level, AlertLevel::Error);
}
