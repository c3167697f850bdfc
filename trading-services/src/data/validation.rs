//! Checks of messages that need nothing but the message.

use crate::model::{BookTicker, EventKind, MarketEvent};
use crate::ports::ValidationError;

/// Checks a message; prices and quantities are in range by their types.
pub(super) fn validate(event: &MarketEvent) -> Result<(), ValidationError> {
    match &event.kind {
        EventKind::Diff(diff) if diff.first_update_id > diff.last_update_id => {
            Err(ValidationError::BackwardDiff { first: diff.first_update_id, last: diff.last_update_id })
        }
        EventKind::BookTicker(BookTicker { bid: Some(bid), ask: Some(ask), .. }) if bid.price >= ask.price => {
            Err(ValidationError::CrossedTicker { bid: bid.price, ask: ask.price })
        }
        EventKind::NotTaken(not_taken) => Err(ValidationError::NotUnderstood(not_taken.clone())),
        _ => Ok(()),
    }
}
