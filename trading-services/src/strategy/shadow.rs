//! The positions that strategies in shadow would have.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::model::{Candle, InstrumentId, Price};
use crate::ports::{Direction, ShadowRecord};

/// Digits of a percentage behind the point.
const DIGITS: u32 = 6;

/// Those of every strategy that was in shadow.
#[derive(Debug, Default)]
pub(super) struct Shadows(BTreeMap<&'static str, Shadow>);

#[derive(Debug, Default)]
struct Shadow {
    /// Without what is open.
    record: ShadowRecord,
    positions: BTreeMap<InstrumentId, Position>,
}

#[derive(Debug)]
struct Position {
    /// What is done at the first price of the next candle.
    wanted: Option<Direction>,
    open: Option<(Direction, Price)>,
    last: Price,
}

impl Shadows {
    /// A candle has closed: what was wanted before it was done at its first price. One with a doubtful print trades and marks
    /// nothing, and what was wanted waits for the next one. Where trading is `long_only`, a wish to sell only closes.
    pub(super) fn close(&mut self, instrument: &InstrumentId, candle: &Candle, long_only: bool) {
        if candle.doubtful > 0 {
            return;
        }
        for Shadow { record, positions } in self.0.values_mut() {
            let Some(position) = positions.get_mut(instrument) else { continue };
            if let Some(direction) = position.wanted.take() {
                position.end(record, candle.open);
                let opens = !long_only || direction == Direction::Long;
                position.open = opens.then_some((direction, candle.open));
            }
            position.last = candle.close;
        }
    }

    /// A strategy in shadow has an opinion of the candle that has closed.
    pub(super) fn hear(
        &mut self,
        strategy: &'static str,
        instrument: &InstrumentId,
        direction: Direction,
        last: Price,
    ) {
        let Shadow { record, positions } = self.0.entry(strategy).or_default();
        record.opinions += 1;
        let new = || Position { wanted: None, open: None, last };
        let position = positions.entry(instrument.clone()).or_insert_with(new);
        position.wanted = Some(direction).filter(|wanted| position.open.is_none_or(|(open, _)| open != *wanted));
    }

    /// The strategy is in shadow no more: what it would have open is closed.
    pub(super) fn end(&mut self, strategy: &str) {
        if let Some(Shadow { record, positions }) = self.0.get_mut(strategy) {
            for (_, mut position) in std::mem::take(positions) {
                let last = position.last;
                position.end(record, last);
            }
        }
    }

    /// How many opinions there were in all.
    pub(super) fn opinions(&self) -> u64 {
        self.0.values().map(|shadow| shadow.record.opinions).sum()
    }

    pub(super) fn record(&self, strategy: &str) -> Option<ShadowRecord> {
        let Shadow { record, positions } = self.0.get(strategy)?;
        let gains = positions.values().map(|position| position.gain(position.last));
        let open_percent = gains.fold(Decimal::ZERO, Decimal::saturating_add);
        Some(ShadowRecord { open_percent, ..*record })
    }
}

impl Position {
    /// Closes what is open.
    fn end(&mut self, record: &mut ShadowRecord, price: Price) {
        let gain = self.gain(price);
        if self.open.take().is_some() {
            record.closed += 1;
            record.won += u64::from(gain > Decimal::ZERO);
            record.gain_percent = record.gain_percent.saturating_add(gain);
        }
    }

    /// What closing it at this price would gain, in percent; nothing when nothing is open.
    fn gain(&self, price: Price) -> Decimal {
        let Some((direction, entry)) = self.open else { return Decimal::ZERO };
        let ratio = price.value().checked_div(entry.value()).and_then(|ratio| ratio.checked_sub(Decimal::ONE));
        // A rise that does not fit is the largest that does.
        let percent = ratio.map_or(Decimal::MAX, |ratio| ratio.saturating_mul(Decimal::ONE_HUNDRED));
        let risen = percent.round_dp(DIGITS).normalize();
        if direction == Direction::Long { risen } else { -risen }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::model::{Quantity, Timestamp};

    fn candle(open: &str, close: &str) -> Candle {
        let [open, close]: [Price; 2] = [open, close].map(|price| price.parse().unwrap());
        let (high, low) = (open.max(close), open.min(close));
        Candle {
            open_time: Timestamp::default(),
            open,
            high,
            low,
            close,
            volume: Quantity::ZERO,
            trades: 1,
            doubtful: 0,
        }
    }

    #[test]
    fn an_opinion_trades_at_the_next_first_price_and_one_the_other_way_turns_it() {
        let (mut shadows, instrument) = (Shadows::default(), "binance:BTCUSDT".parse().unwrap());
        let price = |text: &str| text.parse().unwrap();
        let record = |shadows: &Shadows| shadows.record("momentum").unwrap();
        assert_eq!(shadows.record("momentum"), None);
        shadows.hear("momentum", &instrument, Direction::Long, price("90"));
        assert_eq!(record(&shadows), ShadowRecord { opinions: 1, ..ShadowRecord::default() });
        shadows.close(&instrument, &candle("100", "104"), false);
        // The position is there.
        shadows.hear("momentum", &instrument, Direction::Long, price("104"));
        shadows.close(&instrument, &candle("105", "106"), false);
        assert_eq!(record(&shadows), ShadowRecord { opinions: 2, open_percent: dec!(6), ..ShadowRecord::default() });
        shadows.hear("momentum", &instrument, Direction::Short, price("106"));
        shadows.close(&instrument, &candle("110", "121"), false);
        let turned = ShadowRecord { opinions: 3, closed: 1, won: 1, gain_percent: dec!(10), open_percent: dec!(-10) };
        assert_eq!((record(&shadows), shadows.opinions()), (turned, 3));
        shadows.end("momentum");
        let ended = ShadowRecord { closed: 2, gain_percent: dec!(0), open_percent: dec!(0), ..turned };
        assert_eq!(record(&shadows), ended);
    }

    #[test]
    fn an_opinion_to_sell_closes_and_opens_nothing_where_trading_is_long_only() {
        let (mut shadows, instrument) = (Shadows::default(), "binance:BTCUSDT".parse().unwrap());
        let price = |text: &str| text.parse().unwrap();
        shadows.hear("momentum", &instrument, Direction::Short, price("90"));
        shadows.close(&instrument, &candle("100", "80"), true);
        assert_eq!(shadows.record("momentum"), Some(ShadowRecord { opinions: 1, ..ShadowRecord::default() }));
        shadows.hear("momentum", &instrument, Direction::Long, price("80"));
        shadows.close(&instrument, &candle("100", "110"), true);
        shadows.hear("momentum", &instrument, Direction::Short, price("110"));
        shadows.close(&instrument, &candle("120", "60"), true);
        let closed = ShadowRecord { opinions: 3, closed: 1, won: 1, gain_percent: dec!(20), open_percent: dec!(0) };
        assert_eq!(shadows.record("momentum"), Some(closed));
    }

    #[test]
    fn a_doubtful_print_trades_and_marks_nothing() {
        let (mut shadows, instrument) = (Shadows::default(), "binance:BTCUSDT".parse().unwrap());
        shadows.hear("momentum", &instrument, Direction::Long, "100".parse().unwrap());
        shadows.close(&instrument, &Candle { doubtful: 1, ..candle("900", "901") }, false);
        shadows.close(&instrument, &candle("100", "101"), false);
        shadows.close(&instrument, &Candle { doubtful: 1, ..candle("101", "900") }, false);
        assert_eq!(shadows.record("momentum").unwrap().open_percent, dec!(1));
    }

    #[test]
    fn a_rise_that_does_not_fit_is_the_largest_that_does() {
        let (mut shadows, instrument) = (Shadows::default(), "binance:DUSTUSDT".parse().unwrap());
        shadows.hear("momentum", &instrument, Direction::Long, "1".parse().unwrap());
        shadows.close(&instrument, &candle("0.00000000000000000001", "10000000"), false);
        let other = "binance:DUSTUSDC".parse().unwrap();
        shadows.hear("momentum", &other, Direction::Long, "1".parse().unwrap());
        shadows.close(&other, &candle("0.00000000000000000001", "10000000"), false);
        assert_eq!(shadows.record("momentum").unwrap().open_percent, Decimal::MAX);
        shadows.end("momentum");
        assert_eq!(shadows.record("momentum").unwrap().gain_percent, Decimal::MAX);
    }
}
