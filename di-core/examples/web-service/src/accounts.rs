//! Balances of accounts, and transfers between them.

use std::sync::Arc;

use di_core::{interface, service};
use serde::Serialize;
use sqlx::SqlitePool;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Whose it is.
    pub owner: String,
    /// What is in it, in cents.
    pub cents: i64,
}

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// There is no such account.
    #[error("`{0}` has no account")]
    Unknown(String),
    /// There is not so much in it.
    #[error("`{owner}` has {cents} cents, and {wanted} are wanted")]
    TooLittle {
        /// Whose account it is.
        owner: String,
        /// What is in it.
        cents: i64,
        /// What was asked for.
        wanted: i64,
    },
    /// An account holds what fits into an `i64`.
    #[error("the account of `{0}` cannot hold so much")]
    TooMuch(String),
    /// Amounts are positive.
    #[error("expected a positive amount, found {0}")]
    Amount(i64),
    /// The database has failed.
    #[error("the accounts cannot be reached")]
    Database(#[from] sqlx::Error),
}

/// The accounts.
#[interface]
pub trait IAccounts {
    /// The account of somebody.
    async fn of(&self, owner: &str) -> Result<Account, AccountError>;

    /// Puts money into an account, which is opened if there is none.
    async fn deposit(&self, owner: &str, cents: i64) -> Result<Account, AccountError>;

    /// Moves money from one account to another, or does nothing.
    async fn transfer(&self, from: &str, to: &str, cents: i64) -> Result<(), AccountError>;
}

/// The accounts in the database.
#[service(provides = IAccounts)]
#[derive(Debug)]
pub struct Accounts {
    database: Arc<SqlitePool>,
}

/// A row as an account.
fn account((owner, cents): (String, i64)) -> Account {
    Account { owner, cents }
}

fn positive(cents: i64) -> Result<i64, AccountError> {
    if cents > 0 { Ok(cents) } else { Err(AccountError::Amount(cents)) }
}

#[interface]
impl IAccounts for Accounts {
    async fn of(&self, owner: &str) -> Result<Account, AccountError> {
        let found = sqlx::query_as("SELECT owner, cents FROM accounts WHERE owner = $1").bind(owner);
        let found = found.fetch_optional(&*self.database).await?.map(account);
        found.ok_or_else(|| AccountError::Unknown(owner.to_owned()))
    }

    async fn deposit(&self, owner: &str, cents: i64) -> Result<Account, AccountError> {
        let deposit = sqlx::query_as(
            "INSERT INTO accounts (owner, cents) VALUES ($1, $2) \
             ON CONFLICT (owner) DO UPDATE SET cents = cents + excluded.cents WHERE cents <= $3 - excluded.cents \
             RETURNING owner, cents",
        );
        let deposit = deposit.bind(owner).bind(positive(cents)?).bind(i64::MAX);
        let found = deposit.fetch_optional(&*self.database).await?.map(account);
        found.ok_or_else(|| AccountError::TooMuch(owner.to_owned()))
    }

    async fn transfer(&self, from: &str, to: &str, cents: i64) -> Result<(), AccountError> {
        let cents = positive(cents)?;
        // The condition is in the statement, so that two transfers at once cannot both take the last cent.
        let mut transaction = self.database.begin().await?;
        let taken = sqlx::query("UPDATE accounts SET cents = cents - $2 WHERE owner = $1 AND cents >= $2");
        let taken = taken.bind(from).bind(cents).execute(&mut *transaction).await?;
        if taken.rows_affected() == 0 {
            transaction.rollback().await?;
            let Account { owner, cents: has } = self.of(from).await?;
            return Err(AccountError::TooLittle { owner, cents: has, wanted: cents });
        }
        let given = sqlx::query("UPDATE accounts SET cents = cents + $2 WHERE owner = $1 AND cents <= $3 - $2");
        let given = given.bind(to).bind(cents).bind(i64::MAX).execute(&mut *transaction).await?;
        if given.rows_affected() == 0 {
            transaction.rollback().await?;
            let Account { owner, .. } = self.of(to).await?;
            return Err(AccountError::TooMuch(owner));
        }
        transaction.commit().await?;
        Ok(())
    }
}
