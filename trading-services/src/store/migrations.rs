//! The steps of the schema, which SQLite and PostgreSQL both take, up and down.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Name, up, down; the first one is schema 1.
const STEPS: [(&str, &str, &str); 12] = [
    ("state", include_str!("migrations/0001_state.up.sql"), include_str!("migrations/0001_state.down.sql")),
    ("alerts", include_str!("migrations/0002_alerts.up.sql"), include_str!("migrations/0002_alerts.down.sql")),
    ("history", include_str!("migrations/0003_history.up.sql"), include_str!("migrations/0003_history.down.sql")),
    (
        "configuration",
        include_str!("migrations/0004_configuration.up.sql"),
        include_str!("migrations/0004_configuration.down.sql"),
    ),
    (
        "opportunities",
        include_str!("migrations/0005_opportunities.up.sql"),
        include_str!("migrations/0005_opportunities.down.sql"),
    ),
    ("backtests", include_str!("migrations/0006_backtests.up.sql"), include_str!("migrations/0006_backtests.down.sql")),
    (
        "preferences",
        include_str!("migrations/0007_preferences.up.sql"),
        include_str!("migrations/0007_preferences.down.sql"),
    ),
    ("account", include_str!("migrations/0008_account.up.sql"), include_str!("migrations/0008_account.down.sql")),
    ("acts", include_str!("migrations/0009_acts.up.sql"), include_str!("migrations/0009_acts.down.sql")),
    ("ages", include_str!("migrations/0010_ages.up.sql"), include_str!("migrations/0010_ages.down.sql")),
    ("switches", include_str!("migrations/0011_switches.up.sql"), include_str!("migrations/0011_switches.down.sql")),
    ("funding", include_str!("migrations/0012_funding.up.sql"), include_str!("migrations/0012_funding.down.sql")),
];

/// The newest schema that this program knows.
pub(in crate::store) const NEWEST: i64 = STEPS.len() as i64;

/// Every table of the newest schema.
pub(in crate::store) const TABLES: [&str; 22] = [
    "orders",
    "order_events",
    "fills",
    "signals",
    "limits",
    "equity",
    "marks",
    "positions",
    "alerts",
    "deliveries",
    "acknowledgements",
    "health_changes",
    "candles",
    "configurations",
    "opportunities",
    "backtests",
    "preferences",
    "account",
    "acts",
    "switches",
    "funding",
    "funding_due",
];

/// A step of the schema, and whether it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// What it is about.
    pub name: &'static str,
    /// Whether the database has it.
    pub applied: bool,
}

/// All steps, each with its way back.
pub(in crate::store) fn migrator() -> Migrator {
    let step = |version, name: &'static str, kind, sql: &'static str| {
        Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
    };
    let both = (1..).zip(&STEPS).flat_map(|(version, (name, up, down))| {
        [step(version, name, MigrationType::ReversibleUp, up), step(version, name, MigrationType::ReversibleDown, down)]
    });
    Migrator::with_migrations(both.collect())
}

/// Every step that this program knows, for a database of that schema.
pub(in crate::store) fn steps(schema: i64) -> Vec<Step> {
    (1..).zip(&STEPS).map(|(version, (name, ..))| Step { version, name, applied: version <= schema }).collect()
}
