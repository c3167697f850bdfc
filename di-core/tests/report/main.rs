//! Reports on containers.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod analyses;
mod compiler;
mod difference;
mod forecast;
mod formats;
mod pages;
mod platform;
mod program;
mod sample;
