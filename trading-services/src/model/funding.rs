//! Settlements of funding: what a position has paid or received, once it was due.

use std::fmt;

use rust_decimal::Decimal;

use crate::model::{Currency, InstrumentId, Price, Timestamp, ValueError};

/// One settlement of the funding of a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingSettlement {
    /// Of what.
    pub instrument: InstrumentId,
    /// When it was due, by its venue. An instrument is settled once at a time.
    pub due: Timestamp,
    /// When it was settled: with the first message after that.
    pub settled: Timestamp,
    /// How much was held then; below zero for a short position.
    pub held: Decimal,
    /// In which currency it is paid.
    pub currency: Currency,
    /// What was paid; `None` where rate or mark of that time are not known, and then nothing was booked.
    pub payment: Option<FundingPayment>,
}

/// What a position has paid or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundingPayment {
    /// The rate, as a fraction of the position's value.
    pub rate: Decimal,
    /// The mark price at which the position was valued.
    pub mark: Price,
    /// What was received; below zero for what was paid.
    pub amount: Decimal,
}

impl FundingPayment {
    /// A long position pays a rate above zero, and a short one receives it; with a rate below zero it is the other way round.
    ///
    /// ```
    /// use rust_decimal::dec;
    /// use trading_services::model::FundingPayment;
    ///
    /// let long = FundingPayment::of(dec!(2), "110".parse()?, dec!(0.0001))?;
    /// assert_eq!(long.amount, dec!(-0.0220));
    /// # Ok::<(), trading_services::model::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// [`ValueError`] when the amount does not fit.
    pub fn of(held: Decimal, mark: Price, rate: Decimal) -> Result<Self, ValueError> {
        let value = held.checked_mul(mark.value());
        let amount = value.and_then(|value| value.checked_mul(-rate));
        let too_large =
            || ValueError { expected: "a payment that fits 96 bits", found: format!("{held} x {mark} x {rate}") };
        Ok(Self { rate, mark, amount: amount.ok_or_else(too_large)? })
    }
}

impl fmt::Display for FundingSettlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { instrument, due, held, currency, payment, .. } = self;
        write!(f, "{instrument} {} at {due}", held.normalize())?;
        match payment {
            Some(FundingPayment { rate, mark, amount }) => {
                write!(f, ": {} {currency} by {} of {mark}", amount.normalize(), rate.normalize())
            }
            None => f.write_str(": unknown"),
        }
    }
}
