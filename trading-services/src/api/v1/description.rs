//! The description of the API, with what holds for every request of a kind.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Type};

use super::{
    alerts, backtests, configuration, logs, market, platform, preferences, reports, risk, services, strategies, trading,
};

/// What each request says of itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Trading platform",
        version = "1",
        description = "What the page shows and does. Amounts are decimal text, times RFC 3339 in UTC. A request that acts needs \
                       the token of `/api/v1/session` in `X-CSRF-Token`; one with an `Idempotency-Key` acts once."
    ),
    paths(
        platform::session,
        platform::overview,
        platform::audit,
        market::markets,
        market::book,
        market::candles,
        market::trades,
        trading::positions,
        trading::orders,
        trading::fills,
        trading::signals,
        trading::round_trips,
        trading::equity,
        trading::funding,
        strategies::strategies,
        strategies::set_mode,
        risk::risk,
        risk::kill,
        alerts::alerts,
        alerts::acknowledge,
        alerts::resend,
        logs::logs,
        configuration::configuration,
        configuration::versions,
        configuration::difference,
        configuration::changes,
        configuration::roll_back,
        backtests::backtests,
        backtests::begin,
        backtests::backtest,
        backtests::cancel,
        reports::reports,
        reports::begin,
        reports::report,
        reports::content,
        reports::cancel,
        preferences::preferences,
        preferences::prefer,
        services::services,
        services::start,
        services::stop
    )
)]
struct Description;

/// The description of the API.
pub(super) fn description() -> utoipa::openapi::OpenApi {
    let mut api = Description::openapi();
    for item in api.paths.paths.values_mut() {
        item.get.iter_mut().for_each(describe_read);
        item.post.iter_mut().chain(&mut item.put).for_each(describe_act);
    }
    api
}

/// What has not changed is not sent again.
fn describe_read(operation: &mut Operation) {
    add(operation, header("if-none-match", "Tags of answers that the client has, as in their `ETag`; `*` for any"));
    let unchanged = ResponseBuilder::new().description("What the client has is what would be sent").build();
    answers(operation, "304", unchanged);
    for (status, description) in [("400", "The request is malformed"), ("403", "The request is of another site's page")]
    {
        answers(operation, status, problem(description));
    }
    describe_any(operation);
}

/// What is asked of a platform that is not there yet, or under another name.
fn describe_any(operation: &mut Operation) {
    answers(operation, "421", problem("The request names another host than the one that answers"));
    answers(operation, "503", problem("The platform is still being built"));
}

/// What acts is done once, and its body has a limit.
fn describe_act(operation: &mut Operation) {
    add(
        operation,
        header("idempotency-key", "A name of this act, 1 to 200 letters: the same request again gets the first answer"),
    );
    for (status, description) in [
        ("400", "The request is malformed, or its body is cut off"),
        ("403", "The token is missing, or that of another run"),
        (
            "409",
            "The first request with this key is under way (then `Retry-After` is set), or something stands against it",
        ),
        ("413", "The body is larger than any that is taken"),
        ("422", "The key was that of another request, or a value cannot be taken"),
    ] {
        answers(operation, status, problem(description));
    }
    describe_any(operation);
}

fn header(name: &str, description: &str) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False);
    parameter.description(Some(description)).schema(Some(text)).build()
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

fn add(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

/// Adds an answer that the request does not describe itself.
fn answers(operation: &mut Operation, status: &str, response: Response) {
    operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described_and_every_description_has_its_route() {
        let mut routed = BTreeSet::new();
        for line in include_str!("mod.rs").lines() {
            let Some((path, methods)) = line.trim().strip_prefix(".route(\"").and_then(|rest| rest.split_once("\", "))
            else {
                continue;
            };
            for method in ["get", "post", "put", "delete", "patch"] {
                if methods.split(|letter: char| !letter.is_ascii_alphabetic()).any(|word| word == method) {
                    routed.insert(format!("{method} /api/v1{path}"));
                }
            }
        }
        // The description itself, and the WebSocket, which is none that it can describe.
        for other in ["get /api/v1/openapi.json", "get /api/v1/live"] {
            assert!(routed.remove(other), "{other}");
        }
        let api = serde_json::to_value(description()).unwrap();
        let mut described = BTreeSet::new();
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                described.insert(format!("{method} {path}"));
                let answers = operation["responses"].as_object().unwrap();
                let expected: &[&str] =
                    if method == "get" { &["200", "304", "400", "403"] } else { &["400", "403", "409", "413", "422"] };
                let expected = [expected, &["421", "503"]].concat();
                assert!(expected.iter().all(|status| answers.contains_key(*status)), "{method} {path}");
                let wanted = if method == "get" { "if-none-match" } else { "idempotency-key" };
                let parameters = operation["parameters"].as_array().unwrap();
                assert!(parameters.iter().any(|parameter| parameter["name"] == wanted), "{method} {path}");
            }
        }
        assert_eq!(described, routed);
        assert!(api["components"]["schemas"]["Problem"].is_object());
    }
}
