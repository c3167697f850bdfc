//! The promises of the platform as a whole: one binary of tests, one file per subject.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod accounts;
mod acting;
#[cfg(all(unix, feature = "store"))]
mod alert_commands;
mod alerts;
mod analysis;
mod api;
mod assumptions;
#[cfg(unix)]
mod attacks;
mod backtest;
mod bad_input;
mod books;
mod candles;
mod chaos;
mod common;
#[cfg(all(unix, feature = "store"))]
mod config_versions;
mod counters;
mod currencies;
mod feed;
mod frames;
mod funding;
#[cfg(feature = "store")]
mod funding_kept;
mod funding_recorded;
mod health;
mod house;
#[cfg(unix)]
mod http;
mod indicators;
#[cfg(unix)]
mod interrupts;
#[cfg(all(unix, feature = "store"))]
mod kept;
#[cfg(feature = "store")]
mod kept_backtests;
#[cfg(all(unix, feature = "store"))]
mod kill_commands;
#[cfg(feature = "store")]
mod kill_switch;
mod large_state;
mod live_topics;
mod logs;
mod market;
mod module_share;
mod modules;
mod mutations;
mod operations;
mod order_book;
mod orders;
mod overfills;
mod overrides;
mod performance;
mod portfolio;
#[cfg(unix)]
mod process;
mod recordings;
mod replay;
mod report;
mod risk;
mod same_program;
mod settings_page;
mod signal_orders;
mod signals;
mod simulation;
mod slow_venue;
mod state;
mod stopped_loop;
#[cfg(all(unix, feature = "store"))]
mod store;
#[cfg(all(unix, feature = "store"))]
mod store_commands;
#[cfg(feature = "store")]
mod store_faults;
mod topics;
mod trading;
#[cfg(feature = "store")]
mod trading_ends;
#[cfg(feature = "store")]
mod untold;
mod venues;
mod watching;
mod wind_down;
mod wrong_clocks;
