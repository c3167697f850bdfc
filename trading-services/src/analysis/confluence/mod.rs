//! Confluence: how far independent points of view agree about a market.

mod order_book;
mod order_flow;
mod price_structure;
mod sentiment;
mod service;
mod technical;
mod volume;

pub use order_book::OrderBookBalance;
pub use order_flow::OrderFlow;
pub use price_structure::PriceStructure;
pub use sentiment::Sentiment;
pub use service::AnalysisService;
pub use technical::Technical;
pub use volume::VolumeTrend;
