//! The API: it says what the services say, acts once, and leaves what is decided alone.

use std::time::Duration;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt;
use trading_services::api::HttpServer;
use trading_services::app::TradingApp;
use trading_services::config::{Overrides, Settings, load};
use trading_services::engine::Speed;
use trading_services::monitoring::{LogTail, RecentLog};
use trading_services::ports::{
    AlertContext, AlertLevel, AlertOutcome, IAlertService, IRiskManager, ISignalService, StrategyMode,
};

use crate::live_topics::Viewer;
use crate::{common, store};

/// A platform that answers, and who asks it.
pub(crate) struct Asked {
    pub(crate) app: TradingApp,
    application: Application,
    pub(crate) address: String,
    client: reqwest::Client,
    token: String,
}

impl Asked {
    /// At a speed with which it has not ended.
    pub(crate) async fn started() -> Self {
        Self::with(common::settings()).await
    }

    pub(crate) async fn with(mut settings: Settings) -> Self {
        (settings.http.enabled, settings.http.address) = (true, Some(([127, 0, 0, 1], 0).into()));
        settings.run.speed = Speed::Times(50.0);
        let app = store::build_with(settings);
        let application = Application::of(&app);
        application.start().await.unwrap();
        let address = app.get::<HttpServer>().address().unwrap().to_string();
        let client = reqwest::Client::new();
        let mut asked = Self { app, application, address, client, token: String::new() };
        asked.token = asked.get("/session").await["token"].as_str().unwrap().to_owned();
        asked
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.client.get(self.url(path)).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap());
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/api/v1{path}", self.address)
    }

    /// Status and body.
    pub(crate) async fn act(&self, method: &str, path: &str, body: &Value, key: Option<&str>) -> (u16, Value) {
        let response = self.answer(method, path, body, key).await;
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// The same with the headers of the answer.
    pub(crate) async fn answer(&self, method: &str, path: &str, body: &Value, key: Option<&str>) -> reqwest::Response {
        let mut request =
            self.client.request(method.parse().unwrap(), self.url(path)).header("x-csrf-token", &self.token);
        request = request.header("content-type", "application/json").body(body.to_string());
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.send().await.unwrap()
    }

    /// A viewer of these topics.
    pub(crate) async fn viewer(&self, topics: &[&str]) -> Viewer {
        Viewer::of(&self.address, topics).await
    }

    pub(crate) async fn until(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let value = self.get(path).await;
            if is_so(&value) {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Once the platform has ended by itself.
    pub(crate) async fn finished(&self) {
        self.application.finished().await.unwrap();
    }

    pub(crate) async fn end(self) {
        self.application.stop().await.unwrap();
    }
}

#[tokio::test]
async fn what_the_services_say_is_answered_in_pages_with_tags() {
    let asked = Asked::started().await;
    let fills = asked.until("/fills?limit=1", |fills| fills["total"].as_u64() > Some(2)).await;
    assert_eq!((fills["items"].as_array().unwrap().len(), &fills["next"]), (1, &json!(1)));
    let overview = asked.get("/overview").await;
    assert_eq!(overview["currency"], "USDT");
    assert_eq!(overview["markets"].as_array().unwrap().len(), 3, "{overview}");
    let instrument = overview["markets"][0]["instrument"].as_str().unwrap().to_owned();
    let book = asked.get(&format!("/markets/{instrument}/book?limit=3")).await;
    assert_eq!(book["bids"].as_array().unwrap().len(), 3, "{book}");
    let candles = asked.get(&format!("/markets/{instrument}/candles?timeframe=1s&limit=5")).await;
    assert_eq!(candles.as_array().unwrap().last().unwrap()["closed"], false, "{candles}");
    assert!(!asked.get(&format!("/markets/{instrument}/trades")).await.as_array().unwrap().is_empty());
    for path in [
        "/positions",
        "/orders",
        "/signals",
        "/round-trips",
        "/equity",
        "/strategies",
        "/risk",
        "/alerts",
        "/services",
        "/audit",
        "/logs",
        "/configuration",
        "/configuration/versions",
        "/backtests",
        "/reports",
    ] {
        asked.get(path).await;
    }
    // What has not changed is not sent again.
    let first = asked.client.get(asked.url("/configuration")).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let again = asked.client.get(asked.url("/configuration")).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(
        (again.status().as_u16(), again.headers()["cache-control"].as_bytes()),
        (304, &b"private, no-cache"[..])
    );
    asked.end().await;
}

#[tokio::test]
async fn what_cannot_be_answered_is_a_problem_that_says_what_was_expected() {
    let asked = Asked::started().await;
    for (path, status, words) in [
        ("/nothing", 404, "openapi.json"),
        ("/fills?limit=0", 400, "`limit` of 1 to 500"),
        ("/fills?limit=x", 400, "limit"),
        ("/fills?colour=red", 400, "colour"),
        ("/alerts?level=loud", 400, "loud"),
        ("/markets/nowhere:BTC/book", 404, "nowhere:BTC"),
        ("/markets/simulated:BTCUSDT/candles?timeframe=2m", 400, "one of 1s, 1m"),
        ("/logs?level=loud", 400, "loud"),
        ("/configuration/difference?old=1", 400, "new"),
        ("/configuration/difference?old=1&new=99", 404, "from 1 to 1, found 99"),
        ("/backtests/7", 404, "/api/v1/backtests"),
        ("/reports/7", 404, "/api/v1/reports"),
        ("/reports/7/content", 404, "/api/v1/reports"),
        ("/orders?side=long", 400, "`buy` or `sell`"),
        ("/orders?state=asleep", 400, "`open`"),
        ("/orders?instrument=BTC", 400, "instrument"),
        ("/fills?from=yesterday", 400, "yesterday"),
        ("/fills?state=open", 400, "state"),
        ("/signals?side=buy", 400, "`long` or `short`"),
        ("/audit?failed=often", 400, "`true` or `false`"),
        ("/backtests/%ff", 400, "UTF-8"),
        ("/markets/%ff/book", 400, "UTF-8"),
        ("/live", 426, ""),
    ] {
        let response = asked.client.get(asked.url(path)).send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let (found, text) = (response.status().as_u16(), response.text().await.unwrap());
        assert!(
            found == status && kind == "application/problem+json" && text.contains(words),
            "{path}: {found} {text}"
        );
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["status"], status, "{text}");
    }
    asked.end().await;
}

/// All rows of a list that has filters, page by page.
async fn all(asked: &Asked, path: &str) -> Vec<Value> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let (mut rows, mut next) = (Vec::new(), json!(0));
    while !next.is_null() {
        let page = asked.get(&format!("{path}{mark}limit=3&offset={next}")).await;
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["next"].clone();
        assert!(!next.is_null() || page["total"] == rows.len(), "{path}: {page}");
    }
    rows
}

#[tokio::test]
async fn lists_are_filtered_by_instrument_strategy_side_state_and_time_page_by_page() {
    let asked = Asked::started().await;
    asked.until("/round-trips?limit=1", |trips| trips["total"].as_u64() > Some(12)).await;
    assert_eq!(asked.act("POST", "/services/EventLoop/stop", &json!({}), None).await.0, 200);
    let is = |key: &'static str, value: &Value| {
        let value = value.clone();
        Box::new(move |row: &Value| row[key] == value) as Box<dyn Fn(&Value) -> bool>
    };
    let lists = [("/orders", "submitted"), ("/fills", "time"), ("/round-trips", "exit_time"), ("/signals", "time")];
    let signals = all(&asked, "/signals").await;
    for (list, time) in lists {
        let rows = all(&asked, list).await;
        let middle = &rows[rows.len() / 2];
        let mut filters = vec![
            (format!("instrument={}", middle["instrument"].as_str().unwrap()), is("instrument", &middle["instrument"])),
            (
                format!("from={}", middle[time].as_str().unwrap()),
                Box::new(|row: &Value| row[time].as_str() >= middle[time].as_str()) as Box<dyn Fn(&Value) -> bool>,
            ),
            (
                format!("to={}", middle[time].as_str().unwrap()),
                Box::new(|row: &Value| row[time].as_str() < middle[time].as_str()),
            ),
            (
                "strategy=crossover".to_owned(),
                Box::new(|row: &Value| {
                    let signal = if list == "/signals" { &row["id"] } else { &row["signal"] };
                    let reasons = signals.iter().find(|one| &one["id"] == signal).map(|one| &one["reasons"]);
                    let mut reasons = reasons.and_then(Value::as_array).into_iter().flatten();
                    reasons.any(|reason| reason["strategy"] == "crossover")
                }),
            ),
        ];
        if list == "/signals" {
            filters.push(("side=short".to_owned(), is("direction", &json!("short"))));
        } else {
            filters.push(("side=sell".to_owned(), is("side", &json!("sell"))));
        }
        if list == "/orders" {
            filters.push(("state=filled".to_owned(), is("status", &json!("filled"))));
            filters.push(("state=open".to_owned(), is("open", &json!(true))));
        }
        for (query, is_wanted) in filters {
            let expected: Vec<_> = rows.iter().filter(|row| is_wanted(row)).cloned().collect();
            assert_eq!(all(&asked, &format!("{list}?{query}")).await, expected, "{list}?{query}");
        }
    }
    asked.act("PUT", "/strategies/nobody/mode", &json!({ "mode": "off" }), None).await;
    let acts = all(&asked, "/audit").await;
    let failed = all(&asked, "/audit?failed=true").await;
    assert_eq!((acts.len(), failed.len(), &failed[0]["status"]), (2, 1, &json!(404)));
    assert_eq!(all(&asked, "/audit?words=EVENTLOOP").await, acts[1..]);
    assert_eq!(all(&asked, &format!("/audit?from={}", acts[0]["time"].as_str().unwrap())).await, acts[..1]);
    asked.end().await;
}

#[tokio::test]
async fn a_report_is_a_job_whose_page_is_read_once_it_is_done() {
    let asked = Asked::started().await;
    asked.until("/round-trips?limit=1", |trips| trips["total"].as_u64() > Some(0)).await;
    let (status, said) = asked.act("POST", "/reports", &json!({ "about": { "backtest": 1 } }), None).await;
    assert!(status == 422 && said["detail"].as_str().unwrap().contains("back-test that is done"), "{said}");
    let test = json!({ "strategies": ["crossover"], "market": { "simulated": { "seed": 7, "messages": 3_000 } } });
    asked.act("POST", "/backtests", &test, None).await;
    asked.until("/backtests/1", |job| job["state"] == "done").await;

    let account = json!({ "about": "account", "format": "json" });
    for (wanted, about, kind) in [
        (json!({ "about": { "backtest": 1 } }), "backtest 1", "text/html; charset=utf-8"),
        (account.clone(), "account", "application/json"),
    ] {
        let begun = asked.answer("POST", "/reports", &wanted, None).await;
        assert_eq!(begun.status().as_u16(), 202);
        let place = begun.headers()["location"].to_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
        let done = asked.until(&place, |job| !["waiting", "running"].contains(&job["state"].as_str().unwrap())).await;
        assert_eq!((&done["state"], &done["about"], &done["error"]), (&json!("done"), &json!(about), &Value::Null));
        assert_eq!(done["progress_percent"], "100.0");
        let content = done["content"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let response = asked.client.get(asked.url(content)).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], kind);
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
        let text = response.text().await.unwrap();
        let words = if about == "account" { "\"title\": \"The account\"" } else { "crossover on simulation 7" };
        assert!(text.contains(words), "{text}");
        // What has ended stays as it is.
        assert_eq!(asked.act("POST", &format!("{place}/cancel"), &json!({}), None).await.1["state"], "done");
    }
    assert_eq!(asked.act("POST", "/reports/9/cancel", &json!({}), None).await.0, 404);
    assert_eq!(asked.act("POST", "/reports", &json!({ "about": "the weather" }), None).await.0, 422);
    let newest: Vec<_> = all(&asked, "/reports").await.iter().map(|row| row["id"].as_u64()).collect();
    assert_eq!(newest, [Some(2), Some(1)]);
    asked.act("POST", "/services/ReportJobs/stop", &json!({}), None).await;
    assert_eq!(
        asked.act("POST", "/reports", &account, None).await.0,
        409,
        "nothing is begun by a service that is stopped"
    );
    asked.end().await;
}

#[tokio::test]
async fn an_act_is_done_once_per_key_and_is_in_the_audit_log() {
    let asked = Asked::started().await;
    let signals: &dyn ISignalService = asked.app.get();
    let off = json!({ "mode": "off" });
    let (status, rows) = asked.act("PUT", "/strategies/crossover/mode", &off, Some("k")).await;
    assert_eq!((status, &rows[0]["mode"]), (200, &json!("off")));
    assert_eq!(signals.mode("crossover"), Ok(StrategyMode::Off));
    signals.set_mode("crossover", StrategyMode::On, "by the test").unwrap();
    // The same again is answered and not done; something else under that key is refused.
    assert_eq!(asked.act("PUT", "/strategies/crossover/mode", &off, Some("k")).await, (200, rows));
    assert_eq!(signals.mode("crossover"), Ok(StrategyMode::On));
    assert_eq!(asked.act("PUT", "/strategies/crossover/mode", &json!({ "mode": "shadow" }), Some("k")).await.0, 422);
    assert_eq!(asked.act("PUT", "/strategies/nobody/mode", &off, None).await.0, 404);
    assert_eq!(asked.act("PUT", "/strategies/crossover/mode", &json!({ "mode": "loud" }), None).await.0, 422);

    let alerts: &dyn IAlertService = asked.app.get();
    let context = AlertContext { rule: "test", ..AlertContext::default() };
    alerts.send_alert("<b>\u{1b}[31mlook</b>", AlertLevel::Error, context);
    let open = asked.get("/alerts?level=error&acknowledged=false").await;
    let id = open["items"][0]["id"].as_u64().unwrap();
    assert_eq!(
        open["items"][0]["message"], "<b>\u{1b}[31mlook</b>",
        "text is text: the page does not read it as markup"
    );
    assert_eq!(asked.act("POST", &format!("/alerts/{id}/acknowledge"), &json!(null), None).await.0, 200);
    assert_eq!(asked.act("POST", "/alerts/99/acknowledge", &json!(null), None).await.0, 404);
    assert_eq!(asked.get("/alerts?level=error&acknowledged=false").await["total"], 0);

    let risk: &dyn IRiskManager = asked.app.get();
    let reason = format!("too\nfast{}", "!".repeat(300));
    let (status, answer) = asked.act("POST", "/risk/kill", &json!({ "reason": reason }), None).await;
    let kept = format!("too fast{}", "!".repeat(192));
    assert_eq!((status, &answer["used"]["killed"]), (200, &json!(kept)));
    assert_eq!(risk.killed(), Some(kept));
    asked.until("/overview", |overview| overview["positions"].as_array().unwrap().is_empty()).await;

    let log = asked.get("/audit").await;
    let acts: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|act| (act["act"].as_str().unwrap(), act["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(acts[0], ("POST /api/v1/risk/kill", 200));
    assert_eq!(acts.last(), Some(&("PUT /api/v1/strategies/crossover/mode", 200)));
    assert_eq!(acts.len(), 6, "the repeated ones were not done: {acts:?}");
    asked.end().await;
}

#[tokio::test]
async fn a_service_is_stopped_and_started_by_its_name_but_not_the_one_that_answers() {
    let asked = Asked::started().await;
    let status = |rows: &Value, name: &str| {
        rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()["status"].as_str().unwrap().to_owned()
    };
    let (code, rows) = asked.act("POST", "/services/EventLoop/stop", &json!(null), None).await;
    assert_eq!(
        (code, status(&rows, "EventLoop").as_str(), status(&rows, "HttpServer").as_str()),
        (200, "stopped", "healthy")
    );
    let (code, rows) = asked.act("POST", "/services/EventLoop/start", &json!(null), None).await;
    assert_eq!((code, status(&rows, "EventLoop").as_str()), (200, "healthy"));
    for name in ["HttpServer", "ConfigManager"] {
        assert_eq!(asked.act("POST", &format!("/services/{name}/stop"), &json!(null), None).await.0, 409, "{name}");
    }
    assert_eq!(asked.act("POST", "/services/Nobody/stop", &json!(null), None).await.0, 404);
    asked.end().await;
}

#[tokio::test]
async fn the_log_is_answered_by_level_and_by_words() {
    let (asked, tail) = (Asked::started().await, LogTail::default());
    asked.app.get::<RecentLog>().show(tail.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(tail), || {
        tracing::warn!("the venue says <b>no</b>");
        tracing::info!("the venue is back");
    });
    assert_eq!(asked.get("/logs?words=VENUE").await["total"], 2);
    let warnings = asked.get("/logs?level=warn").await;
    assert_eq!((&warnings["total"], &warnings["items"][0]["message"]), (&json!(1), &json!("the venue says <b>no</b>")));
    asked.end().await;
}

#[tokio::test]
async fn an_alert_is_sent_again_by_every_channel() {
    let asked = Asked::started().await;
    let alerts: &dyn IAlertService = asked.app.get();
    alerts.send_alert("look", AlertLevel::Warning, AlertContext { rule: "test", ..AlertContext::default() });
    let id = &asked.get("/alerts?limit=500").await["items"][0]["id"].clone();
    let said = asked.act("POST", &format!("/alerts/{id}/resend"), &json!({}), None).await;
    assert_eq!(said, (200, json!([{ "channel": "log", "error": null }])));
    let all = asked.get("/alerts?limit=500").await;
    let row = all["items"].as_array().unwrap().iter().find(|row| &row["id"] == id).unwrap();
    assert_eq!(row["deliveries"], json!([{ "channel": "log", "error": null }]));
    assert_eq!(asked.act("POST", "/alerts/99999/resend", &json!({}), None).await.0, 404);
    asked.end().await;
}

#[tokio::test]
async fn a_configuration_is_compared_with_an_earlier_one_and_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trading.toml");
    // Nobody is told of anything: there is no webhook at that address.
    let text = "[exchange]\nattempts = 4\n[alerts]\nmin_level = \"critical\"\n[alerts.webhook]\nurl = \"http://127.0.0.1:1/word\"\n";
    std::fs::write(&file, text).unwrap();
    // What the command line says holds over each version.
    let overrides = Overrides::default().with("store.folder", "none").with("run.speed", "50x");
    let overrides = overrides.with("http.address", "127.0.0.1:0");
    let asked = Asked::with(load(Some(&file), &overrides).unwrap()).await;
    std::fs::write(&file, text.replace("attempts = 4", "attempts = 5")).unwrap();
    let versions = asked.until("/configuration/versions", |versions| versions["total"] == 2).await;
    assert_eq!(versions["items"][1]["reason"], "start");
    let difference = asked.get("/configuration/difference?old=1&new=2").await;
    assert_eq!(difference, json!([{ "key": "exchange.attempts", "before": "4", "after": "5", "is_secret": false }]));
    let current = asked.get("/configuration").await;
    let key = |name: &str| {
        let keys = current["keys"].as_array().unwrap();
        keys.iter().find(|row| row["key"] == name).unwrap().clone()
    };
    let attempts = key("exchange.attempts");
    assert_eq!(
        (&attempts["value"], &attempts["is_set"], &attempts["holds"]),
        (&json!("5"), &json!(true), &json!("at once"))
    );
    let numbers = current["keys"].as_array().unwrap().iter().filter(|row| row["key"] == "alerts.first_id").count();
    assert_eq!(numbers, 0, "the platform chooses it, and nobody has set it");
    assert_eq!(key("alerts.webhook.url")["value"], "http://127.0.0.1:1/…");

    let back = "/configuration/versions/1/rollback";
    let (status, said) = asked.act("POST", back, &json!({}), None).await;
    assert_eq!((status, &said["changes"]), (200, &json!("taken: exchange.attempts")));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(
        asked.get("/configuration/versions").await["items"][0]["reason"],
        "back to version 1: taken: exchange.attempts"
    );
    assert_eq!(asked.act("POST", "/configuration/versions/9/rollback", &json!({}), None).await.0, 404);
    asked.end().await;

    let without = Asked::started().await;
    let (status, said) = without.act("POST", back, &json!({}), None).await;
    assert!(status == 409 && said["detail"].as_str().unwrap().contains("without one"), "{said}");
    without.end().await;
}

#[tokio::test]
async fn a_back_test_is_a_job_that_can_be_cancelled_and_gives_the_same_again() {
    let asked = Asked::started().await;
    let wanted = |messages: u64| {
        json!({ "strategies": ["crossover"], "parameters": { "signals.crossover.fast": "5" },
            "market": { "simulated": { "seed": 7, "messages": messages } } })
    };
    let mut results = Vec::new();
    for key in ["one", "two"] {
        let (status, job) = asked.act("POST", "/backtests", &wanted(3_000), Some(key)).await;
        assert_eq!((status, &job["figures"]), (202, &Value::Null), "{job}");
        let path = format!("/backtests/{}", job["id"]);
        let done = asked.until(&path, |job| job["state"] == "done" || job["state"] == "failed").await;
        assert_eq!((&done["error"], &done["progress_percent"]), (&Value::Null, &json!("100.0")), "{done}");
        assert!(done["figures"]["trades"].as_u64() > Some(0), "{done}");
        results.push((done["figures"].clone(), done["trades"].clone(), done["curve"].clone()));
    }
    assert_eq!(results[0], results[1]);
    // The same key is the same job.
    assert_eq!(asked.act("POST", "/backtests", &wanted(3_000), Some("one")).await.1["id"], 1);
    assert_eq!(asked.get("/backtests").await["total"], 2);

    let (_, long) = asked.act("POST", "/backtests", &wanted(2_000_000), None).await;
    let path = format!("/backtests/{}", long["id"]);
    asked.until(&path, |job| job["state"] == "running" && job["progress_percent"] != "0.0").await;
    assert_eq!(asked.act("POST", &format!("{path}/cancel"), &json!({}), None).await.0, 200);
    let ended = asked.until(&path, |job| job["state"] != "running").await;
    assert_eq!((&ended["state"], &ended["figures"]), (&json!("cancelled"), &Value::Null));

    for (wrong, words) in [
        (
            json!({ "strategies": ["luck"], "market": { "simulated": { "seed": 1, "messages": 1 } } }),
            "one of crossover",
        ),
        (
            json!({ "parameters": { "exchange.order": "binance" }, "market": { "simulated": { "seed": 1, "messages": 1 } } }),
            "begins with signals.",
        ),
        (
            json!({ "parameters": { "signals.crossover.fast": "0" }, "market": { "simulated": { "seed": 1, "messages": 1 } } }),
            "signals.crossover.fast",
        ),
        (json!({ "market": { "simulated": { "seed": 1, "messages": 0 } } }), "1 to 2000000"),
        (json!({ "market": { "candles": { "instrument": "nowhere:BTC", "timeframe": "1m" } } }), "nowhere:BTC"),
        (json!({ "market": { "files": "/etc/passwd" } }), "files"),
    ] {
        let (status, said) = asked.act("POST", "/backtests", &wrong, None).await;
        assert!(status == 422 && said["detail"].as_str().unwrap().contains(words), "{wrong}: {status} {said}");
    }
    // One that runs is given up with the platform.
    asked.act("POST", "/backtests", &wanted(2_000_000), None).await;
    asked.end().await;
}

#[tokio::test]
async fn a_strategy_has_what_came_of_it_and_the_limits_have_what_is_used() {
    let mut settings = common::settings();
    for mode in [&mut settings.signals.breakout.mode, &mut settings.signals.momentum.mode] {
        *mode = StrategyMode::Off;
    }
    (settings.signals.mean_reversion.mode, settings.signals.confluence.mode) = (StrategyMode::Off, StrategyMode::Off);
    let asked = Asked::with(settings).await;
    let crossover =
        |rows: &Value| rows.as_array().unwrap().iter().find(|row| row["name"] == "crossover").unwrap().clone();
    asked.until("/strategies", |rows| crossover(rows)["closed"].as_u64() > Some(2)).await;
    asked.act("POST", "/services/EventLoop/stop", &json!({}), None).await;
    // No other one is on: all that was done is its doing.
    let (own, orders) = (crossover(&asked.get("/strategies").await), asked.get("/orders").await);
    let (trips, overview) = (asked.get("/round-trips?limit=500").await, asked.get("/overview").await);
    assert_eq!((&own["orders"], &own["closed"]), (&orders["total"], &trips["total"]));
    assert_eq!(&own["won"], &overview["performance"]["won"]);
    let profits = trips["items"].as_array().unwrap().iter().map(|trip| trip["profit"].as_str().unwrap());
    let profit: Decimal = profits.map(|profit| profit.parse::<Decimal>().unwrap()).sum();
    assert_eq!(own["profit"].as_str().unwrap().parse::<Decimal>().unwrap(), profit);
    let others = asked.get("/strategies").await;
    assert!(others.as_array().unwrap().iter().all(|row| row["name"] == "crossover" || row["orders"] == 0), "{others}");

    let risk = asked.get("/risk").await;
    let (rate, limit) = (&risk["used"]["orders_last_minute"], &risk["limits"]["orders_per_minute"]);
    assert!(rate.as_u64() <= orders["total"].as_u64() && rate.as_u64() <= limit.as_u64(), "{risk}");
    let distance: Decimal = risk["used"]["last_distance_percent"].as_str().unwrap().parse().unwrap();
    assert!(distance >= Decimal::ZERO && distance < Decimal::TEN, "{risk}");
    let modules: Vec<_> = risk["modules"].as_array().unwrap().iter().map(|module| &module["name"]).collect();
    assert_eq!(modules, ["crypto", "guard"]);
    asked.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_to_be_kept_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let mut settings = common::settings();
    settings.store.folder = Some(trading_services::store::Location::Folder(state.clone()));
    let asked = Asked::with(settings).await;
    let context = AlertContext { rule: "test", ..AlertContext::default() };
    let AlertOutcome::Sent(id) = asked.app.get::<dyn IAlertService>().send_alert("look", AlertLevel::Error, context)
    else {
        panic!("expected an alert that is sent")
    };
    let (seen, view) = (format!("/alerts/{id}/acknowledge"), json!({ "value": "1m" }));
    let (here, away) = (state.join("state.db"), state.join("away.db"));
    std::fs::rename(&here, &away).unwrap();
    for (method, path, body) in [("POST", &*seen, &json!(null)), ("PUT", "/preferences/view", &view)] {
        let (status, problem) = asked.act(method, path, body, None).await;
        assert_eq!(status, 503, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("expected a database, found none"), "{problem}");
    }
    std::fs::rename(&away, &here).unwrap();
    for (method, path, body) in [("POST", &*seen, &json!(null)), ("PUT", "/preferences/view", &view)] {
        assert_eq!(asked.act(method, path, body, None).await.0, 200);
    }
    // As the database has it, and not as the platform remembers it.
    let admin = trading_services::store::StoreAdmin::of(&state, &Default::default());
    let kept = admin.alerts(usize::MAX).await.unwrap();
    assert!(kept.iter().any(|kept| kept.alert.id == id && kept.acknowledged.is_some()), "{kept:?}");
    asked.end().await;
}
