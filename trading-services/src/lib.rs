//! A trading platform wired by one container: simulated, replayed, observed.
//!
//! One data path: a venue's messages become books and candles, the monitor looks at both and raises alerts, and everything
//! that happened is in a log whose hash is the same for the same messages, at any speed. Prices and quantities are exact
//! decimals; time comes from an injected clock.
//!
//! # The house
//!
//! | module | what is in it | may name |
//! | --- | --- | --- |
//! | [`model`] | values: instruments, prices, times, events | nothing else |
//! | [`ports`] | the `I…` traits and the types that they speak | `model` |
//! | [`analysis`], [`config`], [`data`], [`execution`], [`portfolio`], [`risk`], [`store`], [`strategy`], [`venues`], [`modules`], [`monitoring`], [`api`] | features, each with its `Settings` | `model`, `ports` |
//! | [`engine`] | the run, the pipeline, the summary | all of the above but `config` |
//! | [`app`] | the containers, which name implementations | everything |
//!
//! Where to begin: [`app::TradingApp`] lists the services, [`engine::EventLoop`] shows how they work together, [`ports`] has
//! what each one offers, [`config::Settings`] what can be configured.
//!
//! A service is tested alone, without a container and without a framework of mocks:
//!
//! ```
//! # use std::sync::Arc;
//! # use trading_services::prelude::*;
//! let config = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
//! # let (no_channels, bus) = (di_core::dependency::Many::new([]), di_core::events::Bus::new());
//! let alerts = AlertManager::new(config, Arc::new(ManualClock::default()), no_channels, Arc::new(bus.topic()), Arc::new(MemoryState::default()))?;
//! let send = || alerts.send_alert("hello", AlertLevel::Info, AlertContext { rule: "test", ..AlertContext::default() });
//! assert_eq!(send(), AlertOutcome::Sent(1));
//! assert_eq!(send(), AlertOutcome::Duplicate);
//! # Ok::<(), StateError>(())
//! ```
//!
//! The whole is tested with a part replaced: `#[container(from = TradingApp, replace(..))]`, see `tests/platform/overrides.rs`.

pub mod analysis;
pub mod api;
pub mod app;
pub mod config;
pub mod data;
pub mod engine;
pub mod execution;
pub mod input;
pub mod model;
pub mod modules;
pub mod monitoring;
pub mod output;
mod panics;
pub mod portfolio;
pub mod ports;
pub mod prelude;
pub mod risk;
pub mod store;
pub mod strategy;
mod sync;
pub mod venues;
