//! Risk: what is used of the limits, and the kill switch.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::paging::json;
use crate::api::problem::Problem;
use crate::api::views::RiskView;
use crate::ports::{ModuleLimits, kill_reason};

/// How much is at risk, and how much may be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RiskAnswerView {
    used: RiskView,
    limits: Limits,
    /// What each trading module uses of its share, in their declared order.
    modules: Vec<ModuleUse>,
}

/// What a trading module uses of its share.
#[derive(Debug, Serialize, ToSchema)]
struct ModuleUse {
    name: String,
    /// What its positions are worth with everything that it has open; `null` where nobody knows a price.
    used: Option<Decimal>,
    /// What they may be worth, in the currency of the account.
    notional: Decimal,
}

/// How much may be at risk.
#[derive(Debug, Serialize, ToSchema)]
struct Limits {
    order_notional: Decimal,
    position_notional: Decimal,
    leverage: Decimal,
    orders_per_minute: usize,
    price_collar_percent: Decimal,
    /// What the positions of one trading module may be worth, in percent of the equity.
    module_share_percent: Decimal,
    daily_loss_percent: Decimal,
    drawdown_percent: Decimal,
    /// Whether what is held is closed when trading ends.
    flatten: bool,
}

/// Why all trading is to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Kill {
    /// For people; the first 200 letters are kept.
    reason: String,
}

/// What is used of the limits.
#[utoipa::path(get, path = "/api/v1/risk", responses((status = 200, body = RiskAnswerView)))]
pub(super) async fn risk(State(api): State<Api>) -> Result<Json<RiskAnswerView>, Problem> {
    let sources = api.sources()?;
    let risk = &sources.risk;
    let limits = risk.limits();
    let limits = Limits {
        order_notional: limits.order_notional,
        position_notional: limits.position_notional,
        leverage: limits.leverage,
        orders_per_minute: limits.orders_per_minute,
        price_collar_percent: limits.price_collar_percent,
        module_share_percent: limits.module_share_percent,
        daily_loss_percent: limits.daily_loss_percent,
        drawdown_percent: limits.drawdown_percent,
        flatten: limits.flatten,
    };
    let used = RiskView::new(&risk.risk_metrics(), risk.killed(), sources.trading.troubles());
    let share = |name: &'static str| {
        let ModuleLimits { used, notional, .. } = risk.portfolio_limits(name);
        ModuleUse { name: name.to_owned(), used, notional }
    };
    let modules = sources.modules.modules().into_iter().map(share).collect();
    Ok(Json(RiskAnswerView { used, limits, modules }))
}

/// Ends all trading: cancels what is open and, if `risk.flatten` says so, closes what is held.
#[utoipa::path(post, path = "/api/v1/risk/kill", request_body = Kill, params(("x-csrf-token" = String, Header)),
    responses((status = 200, body = RiskAnswerView), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn kill(
    State(api): State<Api>,
    asked: Result<Json<Kill>, JsonRejection>,
) -> Result<Json<RiskAnswerView>, Problem> {
    let reason = kill_reason(&json(asked)?.reason);
    let trading = Arc::clone(&api.sources()?.trading);
    // It is written down before it is done, and a disk may be slow.
    let halted = tokio::task::spawn_blocking(move || trading.halt(&reason)).await;
    halted.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    risk(State(api)).await
}
