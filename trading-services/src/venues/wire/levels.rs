//! Levels of a book as venues write them: `[["price","quantity"],..]`.

use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};

use super::shown;
use crate::model::{Level, Levels, Price, Quantity};

/// Levels as `[["price","quantity"],..]`; older frames have a third, empty part.
#[derive(Default)]
pub(in crate::venues) struct RawLevels(pub(in crate::venues) Levels);

impl<'de> Deserialize<'de> for RawLevels {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = RawLevels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("levels of a book")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawLevels, A::Error> {
                let mut levels = Levels::new();
                while let Some(RawLevel(level)) = items.next_element()? {
                    levels.push(level);
                }
                Ok(RawLevels(levels))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

struct RawLevel(Level);

impl<'de> Deserialize<'de> for RawLevel {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = RawLevel;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price and a quantity")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<RawLevel, A::Error> {
                let missing = |index| serde::de::Error::invalid_length(index, &"a price and a quantity");
                let price: &str = parts.next_element()?.ok_or_else(|| missing(0))?;
                let quantity: &str = parts.next_element()?.ok_or_else(|| missing(1))?;
                while parts.next_element::<IgnoredAny>()?.is_some() {}
                let price = Price::read(price).ok_or_else(|| not(Price::EXPECTED, price))?;
                let quantity = Quantity::read(quantity).ok_or_else(|| not(Quantity::EXPECTED, quantity))?;
                Ok(RawLevel(Level { price, quantity }))
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

#[cold]
fn not<E: serde::de::Error>(expected: &str, found: &str) -> E {
    E::custom(format_args!("expected {expected}, found {}", shown(found)))
}
