//! The binary: one run of a command, and its exit code.

mod acknowledge;
#[cfg(feature = "store")]
mod alerts;
mod backtest;
mod candles;
mod cli;
mod commands;
mod config;
mod console;
mod indicators;
mod inspect;
#[cfg(feature = "store")]
mod kill;
#[cfg(all(feature = "store", feature = "http-client"))]
mod kill_switch;
#[cfg(all(feature = "store", not(feature = "http-client")))]
#[path = "no_kill_switch.rs"]
mod kill_switch;
mod logging;
mod modules;
mod performance;
mod platform;
mod printer;
mod progress;
mod report;
#[cfg(feature = "store")]
mod store;
mod trace;
mod worker;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let done =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Into::into).and_then(|runtime| {
            let done = runtime.block_on(commands::execute(cli));
            // A thread may still wait for a file that does not answer; nobody waits for the thread.
            runtime.shutdown_background();
            done
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads the output may stop reading: `graph | head` is no failure.
        Err(error) if is_closed_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            // If even this cannot be written, the exit code has to say it.
            let _ = writeln!(std::io::stderr().lock(), "error: {error}");
            if error.is::<platform::Undelivered>() { ExitCode::from(3) } else { ExitCode::FAILURE }
        }
    }
}

fn is_closed_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let error = error.downcast_ref::<std::io::Error>();
    error.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
