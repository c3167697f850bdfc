//! The size of an order by each method.

use rust_decimal::Decimal;

use super::settings::{SizingMethod, SizingSettings};
use crate::model::{Price, Quantity};
use crate::ports::SizingFacts;

/// Digits behind the point of a quantity: it is rounded down, for more would be more than was asked for.
const DIGITS: u32 = 6;

/// How much to buy or sell; `None` when what the method needs is not known, or does not fit.
pub(super) fn size(settings: &SizingSettings, equity: Decimal, price: Price, facts: &SizingFacts) -> Option<Quantity> {
    let share = |percent: Decimal| equity.max(Decimal::ZERO).checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED);
    let quantity = match settings.method {
        SizingMethod::Quantity => return Quantity::new(settings.quantity).ok(),
        SizingMethod::Notional => settings.notional.checked_div(price.value()),
        SizingMethod::Risk => share(settings.risk_percent)?.checked_div(above_zero(facts.stop_distance)?),
        SizingMethod::Volatility => share(settings.risk_percent)?.checked_div(above_zero(facts.volatility)?),
        SizingMethod::Kelly if facts.win_rate.is_none() => settings.notional.checked_div(price.value()),
        SizingMethod::Kelly => {
            let kelly = kelly(facts)?.min(settings.kelly_cap_percent.checked_div(Decimal::ONE_HUNDRED)?);
            equity.max(Decimal::ZERO).checked_mul(kelly)?.checked_div(price.value())
        }
    }?;
    Quantity::new(quantity.trunc_with_scale(DIGITS)).ok()
}

/// The share that the win rate and the payoff call for: nothing when the bet is a bad one. Where nothing was lost, that is the win
/// rate.
fn kelly(facts: &SizingFacts) -> Option<Decimal> {
    let rate = facts.win_rate?;
    let Some(payoff) = above_zero(facts.payoff) else { return Some(rate) };
    let edge = rate.checked_mul(payoff)?.checked_sub(Decimal::ONE.checked_sub(rate)?)?;
    Some(edge.checked_div(payoff)?.max(Decimal::ZERO))
}

fn above_zero(value: Option<Decimal>) -> Option<Decimal> {
    value.filter(|value| *value > Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn sized(method: SizingMethod, facts: &SizingFacts) -> Option<Decimal> {
        let settings = SizingSettings { method, ..SizingSettings::default() };
        size(&settings, dec!(10000), "50".parse().unwrap(), facts).map(Quantity::value)
    }

    #[test]
    fn each_method_has_its_own_size() {
        let facts = SizingFacts {
            stop_distance: Some(dec!(4)),
            volatility: Some(dec!(3)),
            win_rate: Some(dec!(0.55)),
            payoff: Some(dec!(1)),
        };
        assert_eq!(sized(SizingMethod::Quantity, &facts), Some(dec!(1)));
        assert_eq!(sized(SizingMethod::Notional, &facts), Some(dec!(40)));
        assert_eq!(sized(SizingMethod::Risk, &facts), Some(dec!(25)));
        assert_eq!(sized(SizingMethod::Volatility, &facts), Some(dec!(33.333333)));
        assert_eq!(sized(SizingMethod::Kelly, &facts), Some(dec!(20)), "a tenth of the equity");
    }

    #[test]
    fn kelly_has_a_cap_and_does_not_take_a_bad_bet() {
        let facts = |rate| SizingFacts { win_rate: Some(rate), payoff: Some(dec!(2)), ..SizingFacts::default() };
        assert_eq!(sized(SizingMethod::Kelly, &facts(dec!(0.9))), Some(dec!(20)));
        assert_eq!(sized(SizingMethod::Kelly, &facts(dec!(0.2))), Some(dec!(0)));
    }

    #[test]
    fn without_what_it_needs_a_method_has_no_size() {
        for method in [SizingMethod::Risk, SizingMethod::Volatility] {
            assert_eq!(sized(method, &SizingFacts::default()), None);
        }
    }

    #[test]
    fn kelly_begins_with_the_declared_worth_and_takes_its_cap_while_nothing_is_lost() {
        let facts = |rate| SizingFacts { win_rate: rate, ..SizingFacts::default() };
        assert_eq!(
            sized(SizingMethod::Kelly, &facts(None)),
            Some(dec!(40)),
            "too few trades to say how often one gains"
        );
        assert_eq!(sized(SizingMethod::Kelly, &facts(Some(dec!(1)))), Some(dec!(20)), "no loss");
        assert_eq!(sized(SizingMethod::Kelly, &facts(Some(dec!(0)))), Some(dec!(0)), "no gain");
    }
}
