//! Exact prices and quantities.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::digits::{Digits, append};

/// Why a text or a number is not a price or a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found `{found}`")]
pub struct ValueError {
    /// What would have been accepted.
    pub expected: &'static str,
    /// What was there instead, as written.
    pub found: String,
}

/// An exact price in quote currency per unit of base currency, always above zero.
///
/// ```
/// use trading_services::model::Price;
///
/// let price: Price = "61837.63000000".parse()?;
/// assert_eq!(price.to_string(), "61837.63");
/// assert!("0".parse::<Price>().is_err());
/// # Ok::<(), trading_services::model::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price(Decimal);

/// An exact amount of base currency, never negative. Zero removes a level from a book.
///
/// ```
/// use trading_services::model::Quantity;
///
/// let quantity: Quantity = "0.02000000".parse()?;
/// assert!(!quantity.is_zero());
/// assert!("-1".parse::<Quantity>().is_err());
/// # Ok::<(), trading_services::model::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(Decimal);

impl Price {
    /// What is one, for those who are told that something is none.
    pub(crate) const EXPECTED: &str = "a price: a decimal number above zero";

    /// A price from a decimal.
    ///
    /// # Errors
    /// [`ValueError`] when the number is zero or negative.
    #[inline]
    pub fn new(value: Decimal) -> Result<Self, ValueError> {
        if is_price(value) { Ok(Self(value)) } else { Err(wrong(Self::EXPECTED, value)) }
    }

    /// The same of a text; what is wrong with it, its [`parse`](str::parse) says.
    #[inline]
    pub(crate) fn read(text: &str) -> Option<Self> {
        match Digits::of(text).decimal() {
            Some(value) if is_price(value) => Some(Self(value)),
            Some(_) => None,
            None => long_decimal(text).filter(|value| is_price(*value)).map(Self),
        }
    }

    /// The number itself, in quote currency.
    pub fn value(self) -> Decimal {
        self.0
    }

    /// Price times quantity, in quote currency; `None` when it does not fit 96 bits.
    pub fn notional(self, quantity: Quantity) -> Option<Decimal> {
        self.0.checked_mul(quantity.0)
    }
}

impl Quantity {
    /// What is one, for those who are told that something is none.
    pub(crate) const EXPECTED: &str = "a quantity: a decimal number, zero or above";

    /// Nothing: in a book's diff it removes the level.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// A quantity from a decimal.
    ///
    /// # Errors
    /// [`ValueError`] when the number is negative.
    #[inline]
    pub fn new(value: Decimal) -> Result<Self, ValueError> {
        if is_quantity(value) { Ok(Self(value)) } else { Err(wrong(Self::EXPECTED, value)) }
    }

    /// The same of a text; what is wrong with it, its [`parse`](str::parse) says.
    #[inline]
    pub(crate) fn read(text: &str) -> Option<Self> {
        match Digits::of(text).decimal() {
            // It has no sign.
            Some(value) => Some(Self(value)),
            None => long_decimal(text).filter(|value| is_quantity(*value)).map(Self),
        }
    }

    /// The number itself, in base currency.
    pub fn value(self) -> Decimal {
        self.0
    }

    /// Whether this removes a level.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// What is left of it when `other` is taken away; nothing when that is more.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(Decimal::ZERO))
    }

    /// The sum; `None` when it does not fit 96 bits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

#[inline]
fn is_price(value: Decimal) -> bool {
    !value.is_zero() && value.is_sign_positive()
}

#[inline]
fn is_quantity(value: Decimal) -> bool {
    value.is_sign_positive() || value.is_zero()
}

#[cold]
fn wrong(expected: &'static str, found: impl fmt::Display) -> ValueError {
    ValueError { expected, found: found.to_string() }
}

impl Ord for Price {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        // A venue writes most of its prices with the same number of decimals; then only the digits differ.
        if self.0.scale() == other.0.scale() {
            self.0.mantissa().cmp(&other.0.mantissa())
        } else {
            by_value(&self.0, &other.0)
        }
    }
}

impl PartialOrd for Price {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of two prices with different numbers of decimals.
#[cold]
fn by_value(one: &Decimal, other: &Decimal) -> Ordering {
    let (Ok(digits), Ok(others)) = (u64::try_from(one.mantissa()), u64::try_from(other.mantissa())) else {
        return one.cmp(other);
    };
    // What has fewer decimals gets the zeros that it lacks; where those are too many for a word it is the higher one, for no
    // price is zero.
    let power = 10_u64.checked_pow(one.scale().abs_diff(other.scale())).map(u128::from);
    let (digits, others) = (u128::from(digits), u128::from(others));
    if one.scale() < other.scale() {
        power.map_or(Ordering::Greater, |power| (digits * power).cmp(&others))
    } else {
        power.map_or(Ordering::Less, |power| digits.cmp(&(others * power)))
    }
}

/// An exact number; `None` when the text is none, or has more digits than 96 bits hold.
#[inline]
pub fn read_decimal(text: &str) -> Option<Decimal> {
    match Digits::of(text).decimal() {
        Some(value) => Some(value),
        None => long_decimal(text),
    }
}

/// A number with more digits, with a sign or with an exponent.
#[cold]
fn long_decimal(text: &str) -> Option<Decimal> {
    if let Some(mut value) = text.strip_prefix('-').and_then(|text| Digits::of(text).decimal()) {
        value.set_sign_negative(!value.is_zero());
        return Some(value);
    }
    // `Decimal` reads them between digits, as Rust does in its own literals.
    if text.as_bytes().contains(&b'_') {
        return None;
    }
    Decimal::from_str_exact(text).ok().or_else(|| scientific(text))
}

/// A whole number, of digits only; `None` when the text is none, or more than 64 bits hold.
pub(crate) fn read_whole(text: &str) -> Option<u64> {
    match text.len() {
        1..=18 => append(0, text.as_bytes()),
        _ if text.starts_with('+') => None,
        _ => text.parse().ok(),
    }
}

/// The nearest floating-point number, for indicators and statistics; nothing that is paid is computed from it.
///
/// ```
/// use trading_services::model::to_f64;
///
/// assert_eq!(to_f64("0.00141192".parse()?), 0.00141192);
/// # Ok::<(), rust_decimal::Error>(())
/// ```
#[inline]
pub fn to_f64(value: Decimal) -> f64 {
    const EXACT: u64 = 1 << 53;
    // As 64 bits: the processor converts them itself.
    match (i64::try_from(value.mantissa()), POWERS.get(value.scale() as usize)) {
        (Ok(mantissa), Some(power)) if mantissa.unsigned_abs() <= EXACT => {
            // Both are exact, and so the quotient is rounded once.
            #[expect(clippy::cast_precision_loss, reason = "at most 53 bits")]
            let mantissa = mantissa as f64;
            mantissa / power
        }
        _ => long_to_f64(value),
    }
}

/// The same of a number with more digits. Apart, so that the other way stays small enough to be inlined.
#[cold]
fn long_to_f64(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// Powers of ten that are exact.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// `1.1E-8`, exactly.
fn scientific(text: &str) -> Option<Decimal> {
    let (base, exponent) = text.split_once(['e', 'E'])?;
    let base = Decimal::from_str_exact(base).ok()?.normalize();
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    if base.is_zero() {
        return Some(Decimal::ZERO);
    }
    let exponent: i64 = exponent.parse().ok()?;
    let mut scale = i64::from(base.scale()).checked_sub(exponent)?;
    if scale >= 0 {
        let mut mantissa = base.mantissa();
        while scale > i64::from(Decimal::MAX_SCALE) && mantissa % 10 == 0 {
            (mantissa, scale) = (mantissa / 10, scale - 1);
        }
        return Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale).ok()?).ok();
    }
    let power = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
    Decimal::try_from_i128_with_scale(base.mantissa().checked_mul(power)?, 0).ok()
}

impl FromStr for Price {
    type Err = ValueError;

    #[inline]
    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::read(text).ok_or_else(|| wrong(Self::EXPECTED, text))
    }
}

impl FromStr for Quantity {
    type Err = ValueError;

    #[inline]
    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::read(text).ok_or_else(|| wrong(Self::EXPECTED, text))
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        plain(self.0, f)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        plain(self.0, f)
    }
}

/// Writes a number without trailing zeros, as `Decimal` does it after `normalize`, which divides all 96 bits for each of them.
fn plain(value: Decimal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    /// A point and a leading zero beside the most decimals that there are.
    const LONGEST: usize = 30;
    let (Ok(mut digits), None) = (u64::try_from(value.mantissa()), f.precision()) else {
        return fmt::Display::fmt(&value.normalize(), f);
    };
    let mut decimals = value.scale();
    while decimals > 0 && digits.is_multiple_of(10) {
        (digits, decimals) = (digits / 10, decimals - 1);
    }
    let mut text = [b'0'; LONGEST];
    let mut begin = LONGEST;
    let mut put = |byte: u8| {
        begin = begin.saturating_sub(1);
        if let Some(place) = text.get_mut(begin) {
            *place = byte;
        }
    };
    for _ in 0..decimals {
        put(next_digit(&mut digits));
    }
    if decimals > 0 {
        put(b'.');
    }
    loop {
        put(next_digit(&mut digits));
        if digits == 0 {
            break;
        }
    }
    f.pad_integral(true, "", text.get(begin..).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default())
}

/// Takes the last decimal digit away.
fn next_digit(digits: &mut u64) -> u8 {
    let last = (*digits % 10) as u8;
    *digits /= 10;
    b'0' + last
}

/// The canonical text of a number in files: no trailing zeros, but at least one decimal place (`1482.0`, `0.0014158`).
///
/// ```
/// use trading_services::model::canonical;
///
/// assert_eq!(canonical("1482".parse()?), "1482.0");
/// assert_eq!(canonical("0.00141580".parse()?), "0.0014158");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn canonical(value: Decimal) -> String {
    let value = value.normalize();
    if value.scale() == 0 { format!("{value}.0") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Of these characters, the standard library reads the same numbers.
        #[test]
        fn what_is_no_decimal_number_is_refused_and_what_is_one_is_read(
            text in "[+-]{0,2}[0-9_]{0,4}[.]{0,2}[0-9_]{0,4}([eE]{0,2}[+-]{0,2}[0-9_]{0,2})?"
        ) {
            let (read, number) = (read_decimal(&text), text.parse::<f64>().ok());
            if let Some(read) = read {
                prop_assert_eq!(Some(to_f64(read)), number);
            }
            let fits = number.is_some_and(|number| (1e-8..1e15).contains(&number.abs()));
            prop_assert!(read.is_some() || !fits);
        }
    }

    #[test]
    fn separators_and_a_second_sign_are_no_part_of_a_number() {
        for text in [
            "1_000",
            "6_5.1",
            "12_",
            "_12",
            "-1_0",
            "1_0e2",
            "1e1_0",
            "1e+-5",
            "1e++5",
            "1e--5",
            "1e-+5",
            "--1",
            "-+1",
            "1234567890123456789_0",
            "0e",
            "0e+",
            "0e_",
            "0e1.5",
        ] {
            assert_eq!(read_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn zero_is_zero_whatever_its_exponent_is() {
        for text in ["0E-30", "0e40", "-0e40", "0.00e-99", "0e99999999999999999999", "-0", "-0.00"] {
            let zero = read_decimal(text).unwrap();
            assert!(zero.is_zero() && zero.is_sign_positive(), "{text}");
        }
        assert_eq!(read_decimal("1000e-30"), read_decimal("1e-27"));
        assert_eq!(read_decimal("1e-29"), None);
    }

    #[test]
    fn a_negative_number_is_the_positive_one_with_its_sign() {
        for text in ["1", "0.1", "0.00012500", "61837.63000000", "123456789012345678", "1234567890123456789", "1.5e-3"]
        {
            let (positive, negative) = (read_decimal(text).unwrap(), read_decimal(&format!("-{text}")).unwrap());
            assert_eq!((negative, negative.scale()), (-positive, positive.scale()), "{text}");
        }
    }

    #[test]
    fn a_whole_number_has_digits_only_however_long_it_is() {
        assert_eq!(read_whole("1234567890123456789"), Some(1_234_567_890_123_456_789));
        for text in
            ["", "+1", "+123456789012345678", "-123456789012345678", "1_234567890123456789", "99999999999999999999"]
        {
            assert_eq!(read_whole(text), None, "{text}");
        }
    }

    #[test]
    fn a_price_keeps_every_decimal_it_was_written_with() {
        let price: Price = "0.1234567890123456789".parse().unwrap();
        assert_eq!(price.to_string(), "0.1234567890123456789");
    }

    #[test]
    fn what_is_not_a_price_says_what_was_expected() {
        for text in ["", "0", "-1", "abc", "1e", "e5", "1e99", "1e-99", "NaN", "1.2.3", ".", ".5.", "+"] {
            let error = text.parse::<Price>().unwrap_err();
            assert_eq!(error.found, text);
            assert!(error.to_string().contains("above zero"), "{error}");
        }
    }

    #[test]
    fn short_long_and_scientific_numbers_are_read_alike() {
        for text in ["1", "0.1", "61837.63000000", "123456789012345678", "0.000000000000000123", "99999999999999.9999"]
        {
            assert_eq!(read_decimal(text), Decimal::from_str_exact(text).ok(), "{text}");
        }
        assert_eq!(read_decimal("1.5e3"), Some(Decimal::from(1_500)));
        assert_eq!(read_decimal("15e-1"), Some(Decimal::new(15, 1)));
    }

    #[test]
    fn prices_are_ordered_by_value_whatever_their_decimals_are() {
        let price = |text: &&str| text.parse::<Price>().unwrap();
        let sorted = [
            "0.0000000000000000000000000001",
            "0.3",
            "1.50",
            "1.5000001",
            "1.50000010000000000001",
            "2",
            "10",
            "1844674407370955161.5",
            "1844674407370955161.6",
            "18446744073709551615",
            "18446744073709551616.1",
        ];
        for (place, one) in sorted.iter().enumerate() {
            for (other_place, other) in sorted.iter().enumerate() {
                assert_eq!(price(one).cmp(&price(other)), place.cmp(&other_place), "{one} {other}");
            }
        }
        for (one, same) in
            [("1.5", "1.500"), ("10", "10.000000000000000000"), ("18446744073709551616", "18446744073709551616.0")]
        {
            assert_eq!(price(&one).cmp(&price(&same)), Ordering::Equal, "{one}");
        }
    }

    #[test]
    fn a_price_is_written_as_its_decimal_is_without_trailing_zeros() {
        let texts = ["1", "10", "1200", "0.1", "0.10", "61837.63000000", "0.00000001", "18446744073709551615"];
        let long = ["18446744073709551616", "0.0000000000000000000000000001", "1.000000000000000000000001", "7.0"];
        for text in texts.into_iter().chain(long) {
            let (price, decimal) = (text.parse::<Price>().unwrap(), text.parse::<Decimal>().unwrap().normalize());
            assert_eq!(price.to_string(), decimal.to_string());
            assert_eq!(
                format!("{price:>12}|{price:<12}|{price:.2}"),
                format!("{decimal:>12}|{decimal:<12}|{decimal:.2}")
            );
        }
        assert_eq!(Quantity::ZERO.to_string(), "0");
        assert_eq!("0.00".parse::<Quantity>().unwrap().to_string(), "0");
    }

    #[test]
    fn trailing_zeros_do_not_make_another_price() {
        assert_eq!("1.50".parse::<Price>().unwrap(), "1.5".parse::<Price>().unwrap());
    }
}
