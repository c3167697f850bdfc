//! Texts that a message may leave out.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A text, or nothing where it is left out or `null`. Other than an `Option`, it is read in one step.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::venues) struct Maybe<'a>(pub(in crate::venues) Option<&'a str>);

impl<'de: 'a, 'a> Deserialize<'de> for Maybe<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Maybe<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Maybe<'de>, E> {
                Ok(Maybe(Some(text)))
            }

            fn visit_unit<E: Error>(self) -> Result<Maybe<'de>, E> {
                Ok(Maybe(None))
            }
        }
        deserializer.deserialize_any(Text)
    }
}
