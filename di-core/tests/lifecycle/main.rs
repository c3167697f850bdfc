//! The promises of the lifecycle, L1 to L18, each on paused time and under its own name.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod cancel;
mod construction;
mod container;
mod failure;
#[cfg(feature = "health")]
mod health;
#[cfg(feature = "health")]
mod orders;
mod random;
mod registry;
mod run;
mod start;
mod stop;
mod tasks;
mod time;
mod world;
