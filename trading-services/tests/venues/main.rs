//! Do we read what venues really sent, and live with what servers do: one file per question.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod binary;
mod hostile;
mod live;
mod requests;
mod server;
mod truths;
