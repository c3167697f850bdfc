//! The interfaces of confluence: components, and the service that weighs them.

use rust_decimal::Decimal;

use crate::model::{Candle, InstrumentId, Timeframe, Trade};
use crate::ports::Direction;

/// What a component may look at: one instrument in one timeframe.
#[derive(Debug, Clone, Copy)]
pub struct AnalysisView<'a> {
    /// Which instrument.
    pub instrument: &'a InstrumentId,
    /// Of which length the candles are.
    pub timeframe: Timeframe,
    /// The last closed candles, oldest first.
    pub candles: &'a [Candle],
}

/// What a component says: from -1, all speaks for selling, to 1, all speaks for buying.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentOpinion {
    /// How much speaks for which.
    pub value: f64,
    /// Why, for people.
    pub reason: String,
}

/// A component with what it says in each timeframe.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentScore {
    /// Which one.
    pub name: &'static str,
    /// How much it counts; the weights of those that are available are made one.
    pub weight: f64,
    /// 0 to 100, 50 in the middle; `None` for one that has nothing to go by.
    pub score: Option<f64>,
    /// Why, per timeframe that it had something to go by in.
    pub reasons: Vec<String>,
}

/// How far everything points the same way.
#[derive(Debug, Clone, PartialEq)]
pub struct Confluence {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// 0 to 100.
    pub score: f64,
    /// Which way, when the score is far enough from the middle.
    pub direction: Option<Direction>,
    /// What it is made of, in order of their declaration.
    pub components: Vec<ComponentScore>,
    /// Whether one of the shortest candles that it rests on has trades at doubtful prices.
    pub doubtful: bool,
}

/// Why there is no analysis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnalysisError {
    /// No component has anything to go by.
    #[error("{0}: expected candles or a book to analyse, found none")]
    NothingKnown(InstrumentId),
    /// There is no such component.
    #[error("expected a component, one of {known}, found `{found}`")]
    UnknownComponent {
        /// Those that there are.
        known: String,
        /// What was asked for.
        found: String,
    },
    /// Weights are shares.
    #[error("{component}: expected a weight of 0 or more, found {found}")]
    Weight {
        /// Of which component.
        component: String,
        /// What was given.
        found: Decimal,
    },
}

/// One point of view on a market.
#[di_core::interface]
pub trait IConfluenceComponent {
    /// Its name, which is its key in the group.
    fn name(&self) -> &'static str;

    /// How much it counts, unless somebody says otherwise.
    fn weight(&self) -> Decimal;

    /// Takes a trade of others into account.
    fn observe(&self, instrument: &InstrumentId, trade: &Trade) {
        let _ = (instrument, trade);
    }

    /// What it says; `None` when it has nothing to go by.
    fn opinion(&self, view: &AnalysisView<'_>) -> Option<ComponentOpinion>;
}

/// Weighs what all components say in all timeframes.
#[di_core::interface]
pub trait IAnalysisService {
    /// Everything about one instrument.
    ///
    /// # Errors
    /// [`AnalysisError::NothingKnown`].
    fn analyze(&self, instrument: &InstrumentId) -> Result<Confluence, AnalysisError>;

    /// The score alone, 0 to 100.
    ///
    /// # Errors
    /// As [`analyze`](Self::analyze).
    fn confluence_score(&self, instrument: &InstrumentId) -> Result<f64, AnalysisError>;

    /// The components with their weights.
    fn components(&self) -> Vec<(&'static str, Decimal)>;

    /// Weighs components differently from now on; those that are not named keep their weight.
    ///
    /// # Errors
    /// [`AnalysisError::UnknownComponent`] or [`AnalysisError::Weight`]; no weight has changed then.
    fn set_weights(&self, weights: &[(&str, Decimal)]) -> Result<(), AnalysisError>;

    /// Shows a trade of others to the components.
    fn observe(&self, instrument: &InstrumentId, trade: &Trade);
}
