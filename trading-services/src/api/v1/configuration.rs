//! The configuration: what holds, what held before, how they differ, and the way back.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::paging::{Page, Paging, query};
use super::path::Path;
use super::{Api, blocking};
use crate::api::problem::Problem;
use crate::ports::{
    ConfigChange, ConfigDifference, ConfigHolds, ConfigKey, KeptConfiguration, RollbackError, VersionUnread,
};

/// The configuration that holds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConfigurationView {
    /// The file that is read again when it changes; `null` when the platform runs without one.
    file: Option<String>,
    /// What a person should know of the file.
    warning: Option<String>,
    /// Why the file is not taken, if so: what held before still holds.
    rejected: Option<String>,
    keys: Vec<KeyRow>,
}

/// A key of the configuration.
#[derive(Debug, Serialize, ToSchema)]
struct KeyRow {
    key: String,
    /// As TOML; of a secret, only the host.
    value: String,
    /// Whether somebody has said something else than the default.
    is_set: bool,
    default: Option<String>,
    /// From when on a change holds: `at once`, `for new symbols`, `after the next start`.
    holds: String,
}

/// A configuration that was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionRow {
    version: u64,
    /// By the clock of the machine.
    time: String,
    /// Why it was read.
    reason: String,
    /// Whether it was in a file, to which one can go back.
    has_file: bool,
}

/// Which two configurations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Two {
    /// A version.
    old: u64,
    /// A version.
    new: u64,
}

/// A key in which two configurations differ.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DifferenceRow {
    key: String,
    before: Option<String>,
    after: Option<String>,
    /// Whether the values are secrets, of which only the host is shown.
    is_secret: bool,
}

/// Whose changes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OfKey {
    /// A key, or what stands above several: `features`, `signals.crossover.mode`. Without it, all keys.
    key: String,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// A change of a key.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeRow {
    /// By the clock of the machine.
    time: String,
    /// The configuration that brought it; `null` where an operator has switched a mode, until the end of that run.
    version: Option<u64>,
    key: String,
    before: Option<String>,
    after: Option<String>,
    /// Whether the values are secrets, of which only the host is shown.
    is_secret: bool,
    /// Why.
    reason: String,
}

/// What came of going back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RolledBack {
    /// What changes, and from when on it holds.
    changes: String,
}

/// What holds, key by key.
#[utoipa::path(get, path = "/api/v1/configuration", responses((status = 200, body = ConfigurationView)))]
pub(super) async fn configuration(State(api): State<Api>) -> Result<Json<ConfigurationView>, Problem> {
    let current = api.sources()?.config.current();
    let row = |ConfigKey { key, value, default, holds }| KeyRow {
        is_set: default.as_ref() != Some(&value),
        holds: match holds {
            ConfigHolds::AtOnce => "at once",
            ConfigHolds::ForNew => "for new symbols",
            ConfigHolds::AfterRestart => "after the next start",
        }
        .to_owned(),
        key,
        value,
        default,
    };
    Ok(Json(ConfigurationView {
        file: current.file.map(|file| file.display().to_string()),
        warning: current.warning,
        rejected: current.rejected,
        keys: current.keys.into_iter().map(row).collect(),
    }))
}

/// The configurations that were accepted, newest first.
#[utoipa::path(get, path = "/api/v1/configuration/versions", params(Paging),
    responses((status = 200, body = Page<VersionRow>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn versions(
    State(api): State<Api>,
    paging: Result<Query<Paging>, QueryRejection>,
) -> Result<Json<Page<VersionRow>>, Problem> {
    let paging = query(paging)?;
    let versions = blocking(&api.sources()?.config, |config| config.versions()).await?;
    let mut versions = versions.map_err(|error| Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    versions.reverse();
    let row = |kept: &KeptConfiguration| VersionRow {
        version: kept.version,
        time: kept.time.to_string(),
        reason: kept.reason.clone(),
        has_file: kept.text.is_some(),
    };
    paging.of(&versions, row).map(Json)
}

/// The keys in which two configurations differ.
#[utoipa::path(get, path = "/api/v1/configuration/difference", params(Two),
    responses((status = 200, body = Vec<DifferenceRow>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn difference(
    State(api): State<Api>,
    two: Result<Query<Two>, QueryRejection>,
) -> Result<Json<Vec<DifferenceRow>>, Problem> {
    let Two { old, new } = query(two)?;
    let found = blocking(&api.sources()?.config, move |config| config.difference(old, new)).await?.map_err(unread)?;
    let row = |ConfigDifference { key, before, after, is_secret }| DifferenceRow { key, before, after, is_secret };
    Ok(Json(found.into_iter().map(row).collect()))
}

/// The changes of a key with when and why, newest first: what configurations have brought, and what operators have switched.
#[utoipa::path(get, path = "/api/v1/configuration/changes", params(OfKey),
    responses((status = 200, body = Page<ChangeRow>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn changes(
    State(api): State<Api>,
    of: Result<Query<OfKey>, QueryRejection>,
) -> Result<Json<Page<ChangeRow>>, Problem> {
    let OfKey { key, limit, offset } = query(of)?;
    let first = Paging::default();
    let paging = Paging { limit: limit.unwrap_or(first.limit), offset: offset.unwrap_or(first.offset) };
    let found = blocking(&api.sources()?.config, move |config| config.changes(&key)).await?.map_err(unread)?;
    let row = |change: &ConfigChange| {
        let ConfigDifference { key, before, after, is_secret } = change.difference.clone();
        let (time, version, reason) = (change.time.to_string(), change.version, change.reason.clone());
        ChangeRow { time, version, key, before, after, is_secret, reason }
    };
    paging.of(&found, row).map(Json)
}

/// Writes the file of an earlier configuration over the one that holds, and takes it.
#[utoipa::path(post, path = "/api/v1/configuration/versions/{version}/rollback",
    params(("version" = u64, Path, description = "A version of `/api/v1/configuration/versions`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = RolledBack), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn roll_back(
    State(api): State<Api>,
    Path(version): Path<String>,
) -> Result<Json<RolledBack>, Problem> {
    let Ok(version) = version.parse() else {
        return Err(Problem::unknown("expected a version of `/api/v1/configuration/versions`"));
    };
    let changes = blocking(&api.sources()?.config, move |config| config.roll_back(version)).await?.map_err(
        |error| match error {
            RollbackError::Unread(error) => unread(error),
            other => Problem::new(StatusCode::CONFLICT, other.to_string()),
        },
    )?;
    Ok(Json(RolledBack { changes }))
}

fn unread(error: VersionUnread) -> Problem {
    match error {
        VersionUnread::Unknown { .. } => Problem::unknown(error),
        other => Problem::new(StatusCode::SERVICE_UNAVAILABLE, other.to_string()),
    }
}
