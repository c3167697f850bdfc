//! The opening of an account: its currency and its cash, which stay what they were.

use std::fmt;

use rust_decimal::Decimal;

use super::Settings;
use crate::model::Currency;
use crate::ports::{StateError, StateFact};

/// With what an account was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// In which currency everything is valued.
    pub currency: Currency,
    /// How much of it there was.
    pub cash: Decimal,
}

/// Why an account does not go on.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// What is kept cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The settings are of another account: the fills that are kept would be worth something else, and its peak would be that of
    /// somebody else.
    #[error(
        "expected `portfolio.cash` and `portfolio.currency` to be {kept}, with which the account was opened that is kept, found \
         {found}: put them back, or open another account with another `store.folder`"
    )]
    Another {
        /// What is kept.
        kept: Opening,
        /// What the settings say.
        found: Opening,
    },
}

impl Opening {
    /// What the settings say.
    pub(super) fn of(settings: &Settings) -> Self {
        Self { currency: settings.currency.clone(), cash: settings.cash }
    }

    /// Whether these facts are of an account that was opened so; false when nobody has opened one.
    pub(super) fn is_kept_in(&self, facts: &[StateFact]) -> Result<bool, AccountError> {
        let kept = facts.iter().find_map(|fact| match fact {
            StateFact::Opened { currency, cash } => Some(Self { currency: currency.clone(), cash: *cash }),
            _ => None,
        });
        match kept {
            None => Ok(false),
            Some(kept) if kept == *self => Ok(true),
            Some(kept) => Err(AccountError::Another { kept, found: self.clone() }),
        }
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.cash.normalize(), self.currency)
    }
}
