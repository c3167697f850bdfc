//! The repository of what people have chosen on the page.

use sqlx::Row as _;

use super::Connection;
use crate::ports::StateFact;
use crate::store::error::Fault;

/// Keeps a value, or forgets it.
pub(in crate::store) async fn set(connection: &mut Connection, name: &str, value: Option<&str>) -> Result<(), Fault> {
    let statement = match value {
        Some(_) => {
            "INSERT INTO preferences (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        }
        None => "DELETE FROM preferences WHERE name = $1",
    };
    let mut statement = sqlx::query(statement).bind(name);
    if let Some(value) = value {
        statement = statement.bind(value);
    }
    statement.execute(connection).await?;
    Ok(())
}

/// All of them, with the last place in the order of all facts.
pub(in crate::store) async fn facts(connection: &mut Connection) -> Result<Vec<(i64, StateFact)>, Fault> {
    let rows = sqlx::query("SELECT * FROM preferences ORDER BY name").fetch_all(connection).await?;
    let read = |row: &super::Row| {
        let (name, value) = (row.try_get("name")?, row.try_get("value")?);
        Ok((i64::MAX, StateFact::Preferred { name, value: Some(value) }))
    };
    rows.iter().map(read).collect()
}
