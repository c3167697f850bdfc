//! The interface of back-tests that run beside the platform, as jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{BacktestResult, JobState, Progress, StateError};
use crate::model::{InstrumentId, Timeframe, Timestamp};

/// What a back-test trades on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BacktestMarket {
    /// The simulated market.
    Simulated {
        /// Another seed is another market.
        seed: u64,
        /// So many messages of it.
        messages: u64,
    },
    /// The candles of an instrument that the platform has.
    Candles {
        /// Which instrument.
        instrument: InstrumentId,
        /// Of which length.
        timeframe: Timeframe,
    },
}

/// A back-test that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacktestRequest {
    /// The strategies that decide; none for those that the settings have on.
    pub strategies: Vec<String>,
    /// Settings that differ from those of the platform, by their keys: `signals.crossover.fast`.
    pub parameters: BTreeMap<String, String>,
    /// What it trades on.
    pub market: BacktestMarket,
}

/// A back-test as a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacktestJob {
    /// Its number, rising from 1; where the state is kept, no run gives one again.
    pub id: u64,
    /// What was wanted.
    pub request: BacktestRequest,
    /// How it is.
    pub state: JobState,
    /// How far it is, in thousandths.
    pub permille: u32,
    /// When it was wanted, by the clock of the machine.
    pub created: Timestamp,
    /// When it ended, if that is known.
    pub ended: Option<Timestamp>,
    /// Why there is no result.
    pub error: Option<String>,
    /// What came of it, in figures.
    pub figures: Option<BacktestFigures>,
}

/// What came of a back-test, in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacktestFigures {
    /// The currency of the account.
    pub currency: String,
    /// The value of the account at the start.
    pub cash: Decimal,
    /// The value of the account at the end.
    pub equity: Decimal,
    /// Paid to the venue.
    pub fees: Decimal,
    /// How often something was opened and closed again.
    pub trades: usize,
    /// How often something was gained by that, after fees.
    pub won: usize,
    /// Orders that the risk manager did not admit.
    pub refused: usize,
    /// The deepest fall below an earlier peak, in percent.
    pub max_drawdown_percent: Option<Decimal>,
}

/// Why a back-test has no result, or is not begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BacktestError {
    /// What is wanted cannot be run.
    #[error("{0}")]
    Unfit(String),
    /// So many wait already.
    #[error("expected at most {0} back-tests that wait; try again when one has ended")]
    TooMany(usize),
    /// It was cancelled.
    #[error("it was cancelled")]
    Cancelled,
    /// It failed on the way.
    #[error("{0}")]
    Failed(String),
    /// What is kept of back-tests cannot be read or written now.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Runs one back-test in the caller's thread.
#[di_core::interface]
pub trait IBacktestRunner {
    /// Says whether a back-test could be run.
    ///
    /// # Errors
    /// [`BacktestError::Unfit`], with what was expected.
    fn check(&self, request: &BacktestRequest) -> Result<(), BacktestError>;

    /// Runs it, and tells `progress` how far it is. It takes as long as it takes.
    ///
    /// # Errors
    /// [`BacktestError`].
    fn run(&self, request: &BacktestRequest, progress: &Progress) -> Result<BacktestResult, BacktestError>;
}

/// Runs back-tests beside the platform, one after the other, and keeps the last ones in its state.
#[di_core::interface]
pub trait IBacktests {
    /// Begins a back-test, and returns at once.
    ///
    /// # Errors
    /// [`BacktestError::Unfit`], [`BacktestError::TooMany`], and [`BacktestError::State`] when it cannot be kept: nobody is
    /// told a number that another back-test might get.
    fn begin(&self, request: BacktestRequest) -> Result<BacktestJob, BacktestError>;

    /// The back-tests that are kept, newest first.
    fn jobs(&self) -> Vec<BacktestJob>;

    /// What came of one, [as it is kept](BacktestResult::shortened). It waits for disks. `None` when there is no result.
    ///
    /// # Errors
    /// [`StateError`] when it cannot be read now.
    fn result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError>;

    /// Gives a back-test up; what has ended stays as it is. `None` when there is none of that number.
    fn cancel(&self, id: u64) -> Option<BacktestJob>;
}
