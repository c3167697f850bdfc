//! The answers of the API after a restart, or after the process was killed.

use std::path::Path;

use di_core::prelude::*;
use serde_json::{Value, json};
use trading_services::config::Settings;
use trading_services::model::{CorrelationId, OrderId, OrderRequest, Side, Timeframe, Timestamp};
use trading_services::ports::{
    AlertContext, AlertLevel, Direction, IAlertService, IMetricsService, IStateManager, Reason, Signal, StateFact,
    StrategyMode,
};
use trading_services::store::{Location, StoreAdmin};

use crate::api::Asked;
use crate::{common, store};

fn settings(folder: &Path) -> Settings {
    let mut settings = common::settings();
    settings.store.folder = Some(Location::Folder(folder.to_owned()));
    settings
}

fn admin(folder: &Path) -> StoreAdmin {
    StoreAdmin::of(folder, &Default::default())
}

/// Begins a back-test, and returns its path.
async fn begin(asked: &Asked, messages: u64) -> String {
    let wanted = json!({ "strategies": ["crossover"], "parameters": { "signals.crossover.fast": "5" },
        "market": { "simulated": { "seed": 7, "messages": messages } } });
    let (status, job) = asked.act("POST", "/backtests", &wanted, None).await;
    assert_eq!(status, 202, "{job}");
    format!("/backtests/{}", job["id"])
}

/// Number, state and error of each.
async fn listed(asked: &Asked) -> Vec<(u64, String, Value)> {
    let rows = asked.get("/backtests").await;
    let row =
        |row: &Value| (row["id"].as_u64().unwrap(), row["state"].as_str().unwrap().to_owned(), row["error"].clone());
    rows["items"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_an_order_leads_to_its_own_signal_and_not_to_that_of_the_same_message_of_another_run() {
    let folder = tempfile::tempdir().unwrap();
    let (instrument, time) = (common::btc_id(), Timestamp::from_nanos(1_000_000_000));
    let kept = store::open(folder.path());
    // Two runs: the numbers of messages have begun anew, those of signals went on.
    for (id, strategy) in [(1, "crossover"), (2, "breakout")] {
        let signal = Signal {
            id,
            time,
            correlation: CorrelationId(7),
            instrument: instrument.clone(),
            timeframe: Timeframe::S1,
            bar: time,
            direction: Direction::Long,
            price: "100".parse().unwrap(),
            doubtful: false,
            reasons: vec![Reason { strategy, text: format!("of run {id}") }],
        };
        let name = OrderId::of_signal(id, id == 2);
        let request =
            OrderRequest::market(name, &instrument, Side::Buy, "1".parse().unwrap(), false, signal.correlation);
        kept.append(StateFact::Signalled(Box::new(signal))).unwrap();
        kept.append(StateFact::Submitted { request: Box::new(request), time }).unwrap();
    }
    kept.flush().unwrap();
    drop(kept);

    let mut idle = settings(folder.path());
    (idle.trading.enabled, idle.modules.every) = (false, std::time::Duration::ZERO);
    let asked = Asked::with(idle).await;
    for (id, order, strategy, words) in
        [(1, "signal-1", "crossover", "of run 1"), (2, "signal-2-close", "breakout", "of run 2")]
    {
        let orders = asked.get(&format!("/orders?strategy={strategy}")).await;
        assert_eq!((&orders["total"], &orders["items"][0]["id"]), (&json!(1), &json!(order)));
        assert_eq!((&orders["items"][0]["signal"], &orders["items"][0]["correlation"]), (&json!(id), &json!(7)));
        let why = asked.get(&format!("/signals?first={id}&last={id}")).await;
        assert_eq!((&why["total"], &why["items"][0]["reasons"][0]["text"]), (&json!(1), &json!(words)));
        let strategies = asked.get("/strategies").await;
        let row = strategies.as_array().unwrap().iter().find(|row| row["name"] == strategy).unwrap();
        assert_eq!(row["orders"], 1, "{row}");
    }
    asked.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn back_tests_are_there_after_a_restart_and_what_had_not_ended_was_interrupted() {
    let (folder, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Asked::with(settings(folder.path())).await;
    let done = begin(&first, 3_000).await;
    let whole = first.until(&done, |job| job["state"] == "done").await;
    assert!(whole["curve"].as_array().unwrap().len() > 1 && !whole["trades"].as_array().unwrap().is_empty(), "{whole}");
    let (long, waits) = (begin(&first, 2_000_000).await, begin(&first, 3_000).await);
    first.until(&long, |job| job["state"] == "running").await;
    assert_eq!(first.get(&waits).await["state"], "waiting");
    // The state as the end of the process would leave it now.
    let backup = admin(folder.path()).back_up(Some(&killed.path().join("backup.db"))).await.unwrap();
    admin(killed.path()).restore(&backup).await.unwrap();
    first.end().await;

    let interrupted = |id: u64| (id, "interrupted".to_owned(), json!("the platform ended before it did"));
    let kept = vec![interrupted(3), interrupted(2), (1, "done".to_owned(), Value::Null)];
    for (place, has_end) in [(folder.path(), true), (killed.path(), false)] {
        let second = Asked::with(settings(place)).await;
        assert_eq!(listed(&second).await, kept);
        assert_eq!(second.get(&done).await, whole);
        assert_eq!(second.get(&long).await["ended"].is_string(), has_end);
        assert_eq!(second.act("POST", &format!("{long}/cancel"), &json!({}), None).await.1["state"], "interrupted");
        second.end().await;
    }

    // A third run goes on with the numbers, and keeps as many as it is told to.
    let mut few = settings(killed.path());
    few.store.backtests = 2;
    let third = Asked::with(few.clone()).await;
    assert_eq!(listed(&third).await, kept[..2]);
    let next = begin(&third, 3_000).await;
    assert_eq!(next, "/backtests/4");
    let same = third.until(&next, |job| job["state"] == "done").await;
    assert_eq!((&same["figures"], &same["curve"]), (&whole["figures"], &whole["curve"]));
    assert_eq!(listed(&third).await.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), [4, 3]);
    third.end().await;

    // The last one is not forgotten, or its number would be given again.
    drop(store::open(killed.path()));
    let later = Timestamp::from_nanos(4_000_000_000_000_000_000);
    admin(killed.path()).forget(later).await.unwrap();
    assert!(admin(killed.path()).check().await.unwrap().problems.is_empty());
    let fourth = Asked::with(few).await;
    assert_eq!(listed(&fourth).await, [(4, "done".to_owned(), Value::Null)]);
    assert_eq!(begin(&fourth, 3_000).await, "/backtests/5");
    fourth.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_delivered_an_alert_and_who_could_not_is_told_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    // Nobody answers there.
    (settings.alerts.webhook.url, settings.alerts.webhook.attempts) = (Some("http://127.0.0.1:1/".to_owned()), 1);
    let first = Asked::with(settings.clone()).await;
    let alerts: &dyn IAlertService = first.app.get();
    alerts.send_alert("look", AlertLevel::Critical, AlertContext { rule: "test", ..AlertContext::default() });
    let id = alerts.alerts(Some(AlertLevel::Critical), 1, None)[0].id;
    let own = |alerts: &Value| {
        let rows = alerts["items"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap()["deliveries"].clone()
    };
    let list = "/alerts?limit=500&level=critical";
    let told = own(&first.until(list, |alerts| own(alerts).as_array().unwrap().len() == 2).await);
    let word = |channel: &str| told.as_array().unwrap().iter().find(|word| word["channel"] == channel).unwrap().clone();
    assert_eq!(word("log")["error"], Value::Null);
    assert!(word("webhook")["error"].as_str().unwrap().contains("expected the webhook to answer"), "{told}");
    first.end().await;

    let second = Asked::with(settings).await;
    assert_eq!(own(&second.get(list).await), json!([word("log"), word("webhook")]));
    // What was delivered once stays delivered; the other one may still be.
    let (_, said) = second.act("POST", &format!("/alerts/{id}/resend"), &json!({}), None).await;
    assert_eq!(said.as_array().unwrap().len(), 2, "{said}");
    assert_eq!(own(&second.get(list).await), json!([word("log"), word("webhook")]));
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_on_the_page_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = Asked::with(settings(folder.path())).await;
    assert_eq!(first.get("/preferences").await, json!({}));
    for (name, value) in [("market.timeframe", json!("1m")), ("view", json!("x")), ("view", Value::Null)] {
        let (status, all) = first.act("PUT", &format!("/preferences/{name}"), &json!({ "value": value }), None).await;
        assert_eq!(status, 200, "{all}");
    }
    for (name, body, words) in [
        ("a%20b", json!({ "value": "1" }), "found `a b`"),
        ("view", json!({ "value": "x".repeat(1_001) }), "at most 1000 letters, found 1001"),
        ("view", json!({ "value": 1 }), "string"),
        ("view", json!({ "words": "1" }), "words"),
    ] {
        let (status, said) = first.act("PUT", &format!("/preferences/{name}"), &body, None).await;
        assert!(status == 422 && said["detail"].as_str().unwrap().contains(words), "{status} {said}");
    }
    assert_eq!(first.get("/audit").await["total"], 0, "no audit asks for that");
    first.end().await;
    let second = Asked::with(settings(folder.path())).await;
    assert_eq!(second.get("/preferences").await, json!({ "market.timeframe": "1m" }));
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = Asked::with(settings(folder.path())).await;
    let path = "/strategies/crossover/mode";
    assert_eq!(first.act("PUT", path, &json!({ "mode": "off" }), None).await.0, 200);
    let before = first.get("/audit").await;
    assert_eq!((&before["total"], &before["items"][0]["body"]), (&json!(1), &json!("{\"mode\":\"off\"}")));
    first.end().await;
    let second = Asked::with(settings(folder.path())).await;
    assert_eq!(second.get("/audit").await, before);
    assert_eq!(second.act("PUT", path, &json!({ "mode": "loud" }), None).await.0, 422);
    let after = second.get("/audit").await;
    let short = |index: usize| (after["items"][index]["id"].clone(), after["items"][index]["status"].clone());
    assert_eq!((short(0), short(1)), ((json!(2), json!(422)), (json!(1), json!(200))));
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_that_was_switched_is_in_the_history_of_its_key_with_when_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let first = Asked::with(settings(folder.path())).await;
    let changes = "/configuration/changes?key=signals.crossover.mode";
    assert_eq!(first.get(changes).await["total"], 0, "it is remembered that there are none");
    let path = "/strategies/crossover/mode";
    let because = json!({ "mode": "off", "reason": "it loses" });
    assert_eq!(first.act("PUT", path, &because, None).await.0, 200);
    let row = |changes: &Value, index: usize| {
        let row = &changes["items"][index];
        assert_eq!((&row["version"], &row["key"]), (&Value::Null, &json!("signals.crossover.mode")));
        [&row["before"], &row["after"], &row["reason"]].map(|value| value.as_str().unwrap().to_owned())
    };
    let off = ["\"on\"", "\"off\"", "it loses"].map(str::to_owned);
    assert_eq!(row(&first.get(changes).await, 0), off, "no answer is older than the last switch");
    // What is so already is not switched.
    assert_eq!(first.act("PUT", path, &because, None).await.0, 200);
    assert_eq!(first.act("PUT", path, &json!({ "mode": "shadow" }), None).await.0, 200);
    let long = json!({ "mode": "on", "reason": "x".repeat(501) });
    assert_eq!(first.act("PUT", path, &long, None).await.0, 400);
    let before = first.get(changes).await;
    assert_eq!((before["total"].as_u64(), row(&before, 1)), (Some(2), off.clone()));
    assert_eq!(row(&before, 0), ["\"off\"", "\"shadow\"", "through the API"].map(str::to_owned));
    assert_eq!(first.get("/configuration/changes?key=signals").await, before);
    assert_eq!(first.get("/configuration/changes?key=features").await["total"], 0);
    let metrics = first.app.get::<dyn IMetricsService>().snapshot();
    for by in ["cache", "database"] {
        assert!(metrics.contains(&format!("trading_store_reads_total{{by=\"{by}\"}} ")), "{by}: {metrics}");
    }
    first.end().await;

    // The settings are what holds at a start; the history goes on with the end of the switch.
    let mut other = settings(folder.path());
    other.features.new_risk = trading_services::ports::FeatureMode::Shadow;
    let second = Asked::with(other).await;
    assert_eq!(second.get("/strategies").await[0]["mode"], "on");
    let after = second.get(changes).await;
    assert_eq!(row(&after, 0), ["\"shadow\"", "\"on\"", "the run ended"].map(str::to_owned));
    assert_eq!((&after["items"][1], &after["items"][2]), (&before["items"][0], &before["items"][1]));
    let of_features = second.get("/configuration/changes?key=features.new_risk").await;
    let row = &of_features["items"][0];
    assert_eq!(
        (&row["before"], &row["after"], &row["reason"]),
        (&json!("\"off\""), &json!("\"shadow\""), &json!("start"))
    );
    assert_eq!((&row["version"], &of_features["total"]), (&json!(2), &json!(1)));
    second.end().await;

    // It has ended once. What the settings say then is a change of theirs, after which no switch is in force.
    for mode in [StrategyMode::On, StrategyMode::Off, StrategyMode::Off] {
        let mut other = settings(folder.path());
        other.signals.crossover.mode = mode;
        let next = Asked::with(other).await;
        let all = next.get(changes).await;
        let newest = &all["items"][0];
        let leads_to = format!("\"{}\"", mode.as_str());
        let expected = if mode == StrategyMode::On { (3, "the run ended") } else { (4, "start") };
        assert_eq!((all["total"].as_u64(), newest["reason"].as_str()), (Some(expected.0), Some(expected.1)), "{all}");
        assert_eq!(newest["after"], leads_to.as_str());
        next.end().await;
    }
    assert_eq!(admin(folder.path()).switches().await.unwrap().len(), 3);
}
