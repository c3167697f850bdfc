//! A database of PostgreSQL: how it is opened, who may write, what is kept in it.

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::repositories::ages::Sweep;
use super::repositories::{alerts, backtests, configurations, facts, history, opportunities, orders, schema, switches};
use crate::model::{Candle, InstrumentId, Position, Timeframe, Timestamp};
use crate::ports::{BacktestJob, BacktestResult, KeptAlert, KeptConfiguration, KeptOpportunity, ModeSwitch, StateFact};
use crate::store::error::{Fault, StoreError};
use crate::store::migrations;

/// The number under which the database knows who writes to the state.
const LEASE: i64 = 0x0074_7261_6469_6e67;

/// A state in PostgreSQL, for one writer: the lease ends with the connection, however that ends.
///
/// The platform itself keeps its state in a folder; this is what a state on a server needs of the store: its schema, all
/// that is written, and all that is read.
///
/// ```no_run
/// use trading_services::ports::StateFact;
/// use trading_services::store::PostgresStore;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let mut store = PostgresStore::open("postgres://trading@db.internal/trading").await?;
/// store.migrate().await?;
/// store.append(&[StateFact::Killed { reason: "the daily loss".to_owned() }]).await?;
/// assert_eq!(store.facts().await?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PostgresStore {
    connection: PgConnection,
    /// Host, port and database, for messages.
    place: PathBuf,
}

impl PostgresStore {
    /// Connects, and takes the lease; the schema is as it was.
    ///
    /// # Errors
    /// [`StoreError`]: nobody answers, another process has the lease, or a newer program has made the schema.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Database { path: PathBuf::from("postgres"), source };
        let options: PgConnectOptions = url.parse().map_err(failed)?;
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        let place = PathBuf::from(format!("{}:{}/{database}", options.get_host(), options.get_port()));
        let failed = |source| StoreError::Database { path: place.clone(), source };
        let mut connection = options.connect().await.map_err(failed)?;
        let lease = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(LEASE);
        let is_ours: bool = lease.fetch_one(&mut connection).await.map_err(failed)?;
        if !is_ours {
            return Err(StoreError::Held {
                path: place,
                holder: "another process".to_owned(),
                process: None,
                address: None,
            });
        }
        schema::refuse_newer(&mut connection, &place).await?;
        Ok(Self { connection, place })
    }

    /// Which schema it has; 0 for an empty database.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn schema(&mut self) -> Result<i64, StoreError> {
        schema::version(&mut self.connection, &self.place).await
    }

    /// Brings the schema to the newest one, and returns which that is. A step that fails changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn migrate(&mut self) -> Result<i64, StoreError> {
        schema::migrate(&mut self.connection, &self.place).await?;
        Ok(migrations::NEWEST)
    }

    /// Takes the schema back, and with it what it had room for.
    ///
    /// # Errors
    /// [`StoreError`]; the database is then as it was before the step that failed.
    pub async fn roll_back(&mut self, target: i64) -> Result<(), StoreError> {
        let found = self.schema().await?;
        if !(0..=found).contains(&target) {
            return Err(StoreError::NoSuchSchema { found, target });
        }
        schema::roll_back(&mut self.connection, &self.place, target).await
    }

    /// How many rows each table has that is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rows(&mut self) -> Result<Vec<(&'static str, i64)>, StoreError> {
        schema::rows(&mut self.connection).await.map_err(|fault| fault.at(&self.place))
    }

    /// Adds facts in their order, all or none.
    ///
    /// # Errors
    /// [`StoreError`], also where one contradicts what is kept.
    pub async fn append(&mut self, facts: &[StateFact]) -> Result<(), StoreError> {
        self.insert(facts).await.map_err(|fault| fault.at(&self.place))
    }

    /// Every fact that services go on from, in the order in which they were added.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn facts(&mut self) -> Result<Vec<StateFact>, StoreError> {
        let found = facts::all(&mut self.connection, facts::HISTORY).await;
        found.map_err(|fault| fault.at(&self.place))
    }

    /// The positions, by instrument.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn positions(&mut self) -> Result<Vec<(InstrumentId, Position)>, StoreError> {
        orders::positions(&mut self.connection).await.map_err(|fault| fault.at(&self.place))
    }

    /// The last alerts with what became of them, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alerts(&mut self, most: u32) -> Result<Vec<KeptAlert>, StoreError> {
        alerts::list(&mut self.connection, i64::from(most)).await.map_err(|fault| fault.at(&self.place))
    }

    /// The candles that are kept of an instrument, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn candles(
        &mut self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
    ) -> Result<Vec<Candle>, StoreError> {
        let found = history::candles(&mut self.connection, instrument, timeframe).await;
        found.map_err(|fault| fault.at(&self.place))
    }

    /// The configurations that were accepted, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn configurations(&mut self) -> Result<Vec<KeptConfiguration>, StoreError> {
        configurations::list(&mut self.connection).await.map_err(|fault| fault.at(&self.place))
    }

    /// The modes that operators have switched, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn switches(&mut self) -> Result<Vec<ModeSwitch>, StoreError> {
        switches::list(&mut self.connection).await.map_err(|fault| fault.at(&self.place))
    }

    /// The back-tests, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn backtests(&mut self) -> Result<Vec<BacktestJob>, StoreError> {
        backtests::list(&mut self.connection).await.map_err(|fault| fault.at(&self.place))
    }

    /// What came of a back-test; `None` when there is no result.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn backtest_result(&mut self, id: u64) -> Result<Option<Arc<BacktestResult>>, StoreError> {
        backtests::result(&mut self.connection, id).await.map_err(|fault| fault.at(&self.place))
    }

    /// What trading modules have seen last, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn opportunities(&mut self, most: u32) -> Result<Vec<KeptOpportunity>, StoreError> {
        opportunities::list(&mut self.connection, i64::from(most)).await.map_err(|fault| fault.at(&self.place))
    }

    /// Forgets what is from before a time, as `store.keep` does; returns how many rows these were.
    ///
    /// # Errors
    /// [`StoreError`]; some of the rows may be gone then.
    pub async fn forget(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let mut sweep = Sweep::new(before);
        while !sweep.is_over() {
            sweep.go_on(&mut self.connection).await.map_err(|fault| fault.at(&self.place))?;
        }
        Ok(sweep.gone)
    }

    async fn insert(&mut self, facts: &[StateFact]) -> Result<(), Fault> {
        let mut transaction = self.connection.begin().await?;
        let mut seq = facts::next_seq(&mut transaction).await?;
        for fact in facts {
            facts::insert(&mut transaction, seq, fact).await?;
            seq += 1;
        }
        Ok(transaction.commit().await?)
    }
}
