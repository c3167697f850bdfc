//! Venues as they really are: recorded messages and hostile servers, one file per subject.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod binary;
mod candle_answers;
mod candles;
mod connections;
mod day;
mod errors;
mod frames;
mod hostile;
mod instruments;
mod limits;
mod lines;
mod live;
mod manners;
mod odd_rules;
mod products;
mod requests;
mod server;
mod table;
mod truths;
mod unlimited;
