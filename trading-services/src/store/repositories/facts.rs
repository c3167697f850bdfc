//! Facts as rows, and rows as facts.

use super::Connection;
use super::account::{self, Limit};
use super::{
    acts, alerts, backtests, configurations, funding, history, opportunities, orders, preferences, signals, switches,
};
use crate::ports::StateFact;
use crate::store::error::Fault;

/// How many signals, alerts and values services go on from.
pub(in crate::store) const HISTORY: i64 = 10_000;

/// Writes a fact where it belongs.
pub(in crate::store) async fn insert(connection: &mut Connection, seq: i64, fact: &StateFact) -> Result<(), Fault> {
    match fact {
        StateFact::Opened { currency, cash } => account::open(connection, currency, *cash).await,
        StateFact::Signalled(signal) => signals::insert(connection, seq, signal).await,
        StateFact::Submitted { request, time } => orders::insert_order(connection, seq, request, *time).await,
        StateFact::Reported { order, event, time } => orders::insert_event(connection, seq, order, event, *time).await,
        StateFact::Funded(settlement) => funding::insert(connection, seq, settlement).await,
        StateFact::FundingDue { instrument, due } => funding::set_due(connection, instrument, *due).await,
        StateFact::Day { time, equity } => {
            let limit = Limit { kind: "day", time: Some(*time), equity: Some(*equity), reason: None };
            account::insert_limit(connection, seq, limit).await
        }
        StateFact::Peak { equity } => {
            let limit = Limit { kind: "peak", time: None, equity: Some(*equity), reason: None };
            account::insert_limit(connection, seq, limit).await
        }
        StateFact::Killed { reason } => {
            let limit = Limit { kind: "killed", time: None, equity: None, reason: Some(reason) };
            account::insert_limit(connection, seq, limit).await
        }
        StateFact::Resumed { reason } => {
            let limit = Limit { kind: "resumed", time: None, equity: None, reason: Some(reason) };
            account::insert_limit(connection, seq, limit).await
        }
        StateFact::Raised { alert, due } => alerts::insert(connection, seq, alert, due).await,
        StateFact::Delivered { alert, channel, time, error } => {
            alerts::set_delivery(connection, *alert, channel, *time, error.as_deref()).await
        }
        StateFact::Acknowledged { alert, by, time } => alerts::acknowledge(connection, *alert, by, *time).await,
        StateFact::Valued(point) => account::insert_value(connection, seq, *point).await,
        StateFact::Marked { instrument, price, time } => account::set_mark(connection, instrument, *price, *time).await,
        StateFact::Closed { instrument, timeframe, candle } => {
            history::set_candle(connection, instrument, *timeframe, candle).await
        }
        StateFact::Backtest { job, result } => backtests::set(connection, job, result.as_deref()).await,
        StateFact::BacktestForgotten { id } => backtests::remove(connection, *id).await,
        StateFact::Switched(switch) => switches::insert(connection, seq, switch).await,
        StateFact::Acted(act) => acts::insert(connection, act).await,
        StateFact::Preferred { name, value } => preferences::set(connection, name, value.as_deref()).await,
        StateFact::Configured { settings, text, reason, time } => {
            configurations::insert(connection, *time, reason, settings, text.as_deref()).await
        }
        StateFact::Seen { module, opportunity, time } => {
            opportunities::insert(connection, seq, module, opportunity, *time).await
        }
        StateFact::Health { service, status, reason, time } => {
            history::insert_health(connection, seq, *time, service, status, reason.as_deref()).await
        }
    }
}

/// Every fact that services go on from, in the order in which they were added; of signals, alerts and values the last
/// `most`.
pub(in crate::store) async fn all(connection: &mut Connection, most: i64) -> Result<Vec<StateFact>, Fault> {
    let mut found = orders::facts(&mut *connection).await?;
    found.extend(signals::facts(&mut *connection, most).await?);
    found.extend(alerts::facts(&mut *connection, most).await?);
    found.extend(account::facts(&mut *connection, most).await?);
    found.extend(funding::facts(&mut *connection).await?);
    found.extend(preferences::facts(&mut *connection).await?);
    found.extend(acts::facts(connection, most).await?);
    found.sort_by_key(|(seq, _)| *seq);
    Ok(found.into_iter().map(|(_, fact)| fact).collect())
}

/// The place after the last one.
pub(in crate::store) async fn next_seq(connection: &mut Connection) -> Result<i64, Fault> {
    let statement = "SELECT COALESCE(MAX(last), 0) + 1 FROM ( \
                     SELECT MAX(seq) AS last FROM orders UNION ALL SELECT MAX(seq) FROM order_events \
                     UNION ALL SELECT MAX(seq) FROM fills UNION ALL SELECT MAX(seq) FROM signals \
                     UNION ALL SELECT MAX(seq) FROM limits UNION ALL SELECT MAX(seq) FROM equity \
                     UNION ALL SELECT MAX(seq) FROM alerts UNION ALL SELECT MAX(seq) FROM health_changes \
                     UNION ALL SELECT MAX(seq) FROM opportunities UNION ALL SELECT MAX(seq) FROM switches \
                     UNION ALL SELECT MAX(seq) FROM funding) AS every";
    Ok(sqlx::query_scalar(statement).fetch_one(connection).await?)
}
