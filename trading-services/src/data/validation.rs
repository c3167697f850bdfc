//! Checks of messages.

use rust_decimal::Decimal;

use crate::model::{BookTicker, EventKind, MarketEvent, Price};
use crate::ports::ValidationError;

/// Checks a message; prices and quantities are in range by their types.
///
/// `suspect` is the price of a trade that was rejected: a second trade near it shows that the market has moved.
pub(super) fn validate(
    event: &MarketEvent,
    last: Option<Price>,
    suspect: Option<Price>,
    max_jump: Decimal,
) -> Result<(), ValidationError> {
    match &event.kind {
        EventKind::Trade(trade) => {
            if trade.quantity.is_zero() {
                return Err(ValidationError::EmptyTrade { id: trade.id.clone() });
            }
            let confirms = suspect.is_some_and(|suspect| is_near(trade.price, suspect, max_jump));
            match last {
                Some(last) if !confirms && !is_near(trade.price, last, max_jump) => {
                    Err(ValidationError::PriceJump { limit: max_jump, last, found: trade.price })
                }
                _ => Ok(()),
            }
        }
        EventKind::Diff(diff) if diff.first_update_id > diff.last_update_id => {
            Err(ValidationError::BackwardDiff { first: diff.first_update_id, last: diff.last_update_id })
        }
        EventKind::BookTicker(BookTicker { bid: Some(bid), ask: Some(ask), .. }) if bid.price >= ask.price => {
            Err(ValidationError::CrossedTicker { bid: bid.price, ask: ask.price })
        }
        _ => Ok(()),
    }
}

/// Whether two prices are at most `percent` of `last` apart; numbers too large to tell are not near.
fn is_near(price: Price, last: Price, percent: Decimal) -> bool {
    let distance = (price.value() - last.value()).abs();
    let hundred = distance.checked_mul(Decimal::ONE_HUNDRED);
    let limit = last.value().checked_mul(percent);
    matches!((hundred, limit), (Some(distance), Some(limit)) if distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Side, Timestamp, Trade};

    fn trade(price: &str, quantity: &str) -> MarketEvent {
        let kind = EventKind::Trade(Trade {
            id: 1.into(),
            price: price.parse().unwrap(),
            quantity: quantity.parse().unwrap(),
            side: Side::Buy,
            time: Timestamp::default(),
            aggregated: false,
        });
        let instrument = "binance:BTCUSDT".parse().unwrap();
        MarketEvent { instrument, received: Timestamp::default(), kind }
    }

    #[test]
    fn a_trade_within_the_limit_passes_and_one_beyond_does_not() {
        let last = Some("100".parse().unwrap());
        let limit = Decimal::from(20);
        assert_eq!(validate(&trade("120", "1"), last, None, limit), Ok(()));
        assert!(matches!(validate(&trade("120.01", "1"), last, None, limit), Err(ValidationError::PriceJump { .. })));
        assert_eq!(validate(&trade("500", "1"), None, None, limit), Ok(()));
        assert_eq!(validate(&trade("100", "0"), None, None, limit), Err(ValidationError::EmptyTrade { id: 1.into() }));
    }

    #[test]
    fn a_second_trade_at_the_new_price_confirms_a_jump() {
        let (last, suspect) = (Some("100".parse().unwrap()), Some("150".parse().unwrap()));
        assert_eq!(validate(&trade("151", "1"), last, suspect, Decimal::from(20)), Ok(()));
    }
}
