//! The repository of what is forgotten by its age.

use sqlx::{AssertSqlSafe, Connection as _};

use super::Connection;
use super::rows::nanos;
use crate::model::Timestamp;
use crate::store::error::Fault;

/// So many rows are forgotten in one transaction: whoever writes meanwhile waits for no more than that.
pub(in crate::store) const CHUNK: u64 = 1_000;

/// Which rows of a table are forgotten.
struct Rule {
    table: &'static str,
    /// What its rows are known by.
    key: &'static str,
    /// Which they are; `$2` is the time before which they are old.
    which: &'static str,
    /// Whether that depends on a time.
    by_time: bool,
}

const fn old(table: &'static str, key: &'static str, which: &'static str) -> Rule {
    Rule { table, key, which, by_time: true }
}

const fn superseded(table: &'static str, key: &'static str, which: &'static str) -> Rule {
    Rule { table, key, which, by_time: false }
}

/// In this order, for words are about an alert. The last signal, alert and back-test stay, for the next numbers follow from
/// them; so does an alert that has not arrived and that nobody has acknowledged. Of peaks and days only the last one counts,
/// however old it is. A rule asks nothing of a whole table: it is asked again for each chunk.
const RULES: [Rule; 11] = [
    old("candles", "(instrument, timeframe, open_time)", "open_time < $2"),
    old("equity", "seq", "time < $2"),
    old("health_changes", "seq", "time < $2"),
    old("opportunities", "seq", "time < $2"),
    old("signals", "seq", "time < $2 AND id < (SELECT MAX(id) FROM signals)"),
    old(
        "alerts",
        "seq",
        "time < $2 AND id < (SELECT MAX(id) FROM alerts) AND (id IN (SELECT alert FROM acknowledgements) \
         OR NOT EXISTS (SELECT 1 FROM deliveries WHERE alert = alerts.id AND error IS NOT NULL))",
    ),
    old("backtests", "id", "created < $2 AND id < (SELECT MAX(id) FROM backtests)"),
    superseded("limits", "seq", "kind = 'peak' AND seq < (SELECT MAX(seq) FROM limits WHERE kind = 'peak')"),
    superseded("limits", "seq", "kind = 'day' AND seq < (SELECT MAX(seq) FROM limits WHERE kind = 'day')"),
    superseded("deliveries", "(alert, channel)", "alert NOT IN (SELECT id FROM alerts)"),
    superseded("acknowledgements", "alert", "alert NOT IN (SELECT id FROM alerts)"),
];

/// The forgetting of everything from before a time, and of what nobody goes on from, some rows after the other. Orders with
/// all that became of them stay: positions follow from them.
#[derive(Debug)]
pub(in crate::store) struct Sweep {
    pub(in crate::store) before: Timestamp,
    /// How many rows are gone.
    pub(in crate::store) gone: u64,
    /// The rule that is next.
    rule: usize,
}

impl Sweep {
    pub(in crate::store) fn new(before: Timestamp) -> Self {
        Self { before, rule: 0, gone: 0 }
    }

    /// Whether nothing is left to forget.
    pub(in crate::store) fn is_over(&self) -> bool {
        self.rule >= RULES.len()
    }

    /// Forgets the next [`CHUNK`] rows, or what there is; returns how many these were.
    pub(in crate::store) async fn go_on(&mut self, connection: &mut Connection) -> Result<u64, Fault> {
        let (mut transaction, mut room, mut next) = (connection.begin().await?, CHUNK, self.rule);
        while room > 0
            && let Some(rule) = RULES.get(next)
        {
            let query = sqlx::query(AssertSqlSafe(rule.statement())).bind(i64::try_from(room).unwrap_or(i64::MAX));
            let query = if rule.by_time { query.bind(nanos(self.before)) } else { query };
            let gone = query.execute(&mut *transaction).await?.rows_affected();
            if gone < room {
                next += 1;
            }
            room = room.saturating_sub(gone);
        }
        transaction.commit().await?;
        self.rule = next;
        self.gone += CHUNK - room;
        Ok(CHUNK - room)
    }
}

impl Rule {
    fn statement(&self) -> String {
        let Self { table, key, which, .. } = self;
        let columns = key.trim_matches(['(', ')']);
        format!("DELETE FROM {table} WHERE {key} IN (SELECT {columns} FROM {table} WHERE {which} LIMIT $1)")
    }
}
