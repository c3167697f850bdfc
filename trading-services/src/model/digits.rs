//! Decimal digits in a machine word: what nearly every number of a message has.

use rust_decimal::Decimal;

/// The digits of a number without its point, and how many of them are behind it. Both go back in registers, where an `Option` of
/// them would go through memory; what is no such number has a scale that none has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits {
    number: u64,
    scale: u32,
}

/// The most characters; their number fits a machine word.
const MOST: usize = 18;

/// Eight characters of the digit zero; what is left of a digit without it is its value.
const ZEROS: u64 = 0x3030_3030_3030_3030;

impl Digits {
    const NONE: Self = Self { number: 0, scale: u32::MAX };

    /// The digits of a text that has nothing else, but for one point between them.
    #[inline]
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        if let (4..=8, Some(first), Some(last)) = (bytes.len(), bytes.first_chunk(), bytes.last_chunk()) {
            eight_characters(*first, *last, bytes.len()).unwrap_or(Self::NONE)
        } else {
            any_characters(bytes)
        }
    }

    /// The number; `None` when the text was none, or has more digits than a machine word.
    #[inline]
    pub(super) fn decimal(self) -> Option<Decimal> {
        #[expect(clippy::cast_possible_truncation, reason = "the halves of a word")]
        let (low, middle) = (self.number as u32, (self.number >> 32) as u32);
        (self.scale as usize <= MOST).then(|| Decimal::from_parts(low, middle, 0, false, self.scale))
    }
}

/// What [`characters`] reads. It is no part of those who call it, so that shorter numbers need not save the registers that it
/// takes.
#[inline(never)]
fn any_characters(bytes: &[u8]) -> Digits {
    characters(bytes).unwrap_or(Digits::NONE)
}

/// The digits of at most 18 characters. What is before the point is read while the point is looked for.
#[inline]
fn characters(bytes: &[u8]) -> Option<Digits> {
    if bytes.is_empty() || bytes.len() > MOST {
        return None;
    }
    let (mut number, mut rest) = (0_u64, bytes);
    while let Some((byte, behind)) = rest.split_first() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            let is_point = *byte == b'.' && rest.len() < bytes.len() && !behind.is_empty();
            let number = if is_point { append(number, behind)? } else { return None };
            return Some(Digits { number, scale: u32::try_from(behind.len()).ok()? });
        }
        number = number * 10 + u64::from(digit);
        rest = behind;
    }
    Some(Digits { number, scale: 0 })
}

/// The digits of 4 to 8 characters, of which these are the first and the last four, as their values in one
/// word, with zeros before them; the point is taken out of them.
#[inline]
fn eight_characters(first: [u8; 4], last: [u8; 4], length: usize) -> Option<Digits> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const POINTS: u64 = (b'.' ^ b'0') as u64 * ONES;
    let missing = 64 - 8 * length;
    // Where both overlap they are the same.
    let word = (u64::from(u32::from_le_bytes(first)) << missing) | (u64::from(u32::from_le_bytes(last)) << 32);
    let values = word ^ (ZEROS << missing);
    let found = values ^ POINTS;
    // The lowest byte that is zero here is the first point.
    let points = found.wrapping_sub(ONES) & !found & (ONES << 7);
    if points == 0 {
        return Some(Digits { number: eight_digits(values)?, scale: 0 });
    }
    let point = points & points.wrapping_neg();
    // What is before the point, and what is behind it.
    let (before, behind) = ((point >> 7).wrapping_sub(1), (point << 1).wrapping_neg());
    let is_first = point >> 7 == 1 << missing;
    if is_first || behind == 0 {
        return None;
    }
    let number = eight_digits((values & behind) | ((values & before) << 8))?;
    Some(Digits { number, scale: point.leading_zeros() / 8 })
}

/// The number with these digits behind its own, of which there are at most 18 in all.
#[inline]
pub(super) fn append(mut number: u64, mut digits: &[u8]) -> Option<u64> {
    while let Some((eight, rest)) = digits.split_first_chunk() {
        number = number * 100_000_000 + eight_digits(u64::from_le_bytes(*eight) ^ ZEROS)?;
        digits = rest;
    }
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    Some(number)
}

/// Eight digits at once, each as its value: neighbours are made pairs, pairs are made fours, and fours are made one.
///
/// D. Lemire, "Quickly parsing eight digits" (2022).
#[inline]
fn eight_digits(values: u64) -> Option<u64> {
    /// Every second pair.
    const PAIRS: u64 = 0x0000_00FF_0000_00FF;
    // A byte that is more than nine sets its highest bit in one of both.
    if (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let upper = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let lower = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    Some(upper.wrapping_add(lower) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> Option<Decimal> {
        Digits::of(text).decimal()
    }

    #[test]
    fn digits_are_read_alike_eight_at_once_and_one_by_one_and_nothing_else_is_a_digit() {
        for whole in ["7", "1234567", "12345678", "99999999", "123456789"] {
            for fraction in ["", ".5", ".00000000", ".12345678", ".87654321"] {
                let text = format!("{whole}{fraction}");
                assert_eq!(short(&text), Decimal::from_str_exact(&text).ok(), "{text}");
            }
        }
        for at in 0..8 {
            for byte in (0..=127_u8).filter(|byte| !byte.is_ascii_digit()) {
                let mut bytes = *b"12345678";
                bytes[at] = byte;
                assert_eq!(eight_digits(u64::from_le_bytes(bytes)), None, "{bytes:?}");
                assert_eq!(append(0, &bytes[..7]).is_none(), at < 7, "{bytes:?}");
            }
        }
        assert_eq!(eight_digits(u64::MAX), None);
    }

    #[test]
    fn a_short_number_has_its_point_anywhere_but_at_an_end_and_only_one() {
        let digits = "9081726354";
        for length in 1..=10 {
            for point in 0..length {
                let mut text = digits[..length].to_owned();
                assert_eq!(short(&text), Decimal::from_str_exact(&text).ok(), "{text}");
                text.replace_range(point..=point, ".");
                let is_inside = point > 0 && point + 1 < length;
                assert_eq!(short(&text).is_some(), is_inside, "{text}");
                assert!(!is_inside || short(&text) == Decimal::from_str_exact(&text).ok(), "{text}");
                for other in (0..length).filter(|other| *other != point) {
                    for wrong in [".", "-", "/", ":", "x", " "] {
                        let mut text = text.clone();
                        text.replace_range(other..=other, wrong);
                        assert_eq!(short(&text), None, "{text}");
                    }
                }
            }
        }
    }
}
