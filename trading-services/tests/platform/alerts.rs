//! Alerts: sent once, in time, on every channel, and again when a channel fails.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use di_core::dependency::Many;
use di_core::events::Bus;
use di_core::health::HealthCheck;
use di_core::lifecycle::{Application, Plan, PlanNode};
use serde_json::Value;
use trading_services::config::{ConfigManager, Settings};
use trading_services::engine::ManualClock;
use trading_services::model::Timestamp;
use trading_services::monitoring::alerts::AlertManager;
use trading_services::monitoring::channels::{FileChannel, LogChannel, WebhookChannel};
use trading_services::ports::{
    Alert, AlertContext, AlertLevel, AlertOutcome, AlertStats, ChannelError, IAlertChannel, IAlertService, IClock,
    IConfigService, IEventClock,
};
use trading_services::store::MemoryState;

struct Fixture {
    bus: Bus,
    clock: Arc<ManualClock>,
    alerts: Arc<AlertManager>,
}

fn fixture(configure: impl FnOnce(&mut Settings)) -> Fixture {
    fixture_on(MemoryState::default(), configure)
}

/// On what an earlier one has left.
fn fixture_on(state: MemoryState, configure: impl FnOnce(&mut Settings)) -> Fixture {
    let mut settings = Settings::default();
    settings.alerts.webhook.base_delay = Duration::from_millis(1);
    configure(&mut settings);
    let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings)));
    let clock = Arc::new(ManualClock::default());
    let channels = Many::<dyn IAlertChannel>::new([
        (Some("log"), Arc::new(LogChannel::new()) as _),
        (Some("file"), Arc::new(FileChannel::new(Arc::clone(&config))) as _),
        (Some("webhook"), Arc::new(WebhookChannel::new(Arc::clone(&config)).unwrap()) as _),
    ]);
    let bus = Bus::new();
    let alerts = AlertManager::new(config, Arc::clone(&clock) as _, channels, Arc::new(bus.topic()), Arc::new(state));
    let alerts = Arc::new(alerts.unwrap());
    Fixture { bus, clock, alerts }
}

impl Fixture {
    fn send(&self, message: &str) -> AlertOutcome {
        self.alerts.send_alert(message, AlertLevel::Warning, context())
    }

    /// Starts the manager, and stops it when its counts are so.
    async fn run_until(&self, is_so: impl Fn(&AlertStats) -> bool) {
        let plan = Plan::new([PlanNode::new("AlertManager").hooks(Arc::clone(&self.alerts) as _)]).unwrap();
        let application = Application::new(plan);
        application.start().await.unwrap();
        while !is_so(&self.alerts.stats()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        application.stop().await.unwrap();
    }

    /// Starts the manager and stops it: what was sent before and in between is delivered by then.
    async fn deliver(&self) -> AlertStats {
        let plan = Plan::new([PlanNode::new("AlertManager").hooks(Arc::clone(&self.alerts) as _)]).unwrap();
        let application = Application::new(plan);
        application.start().await.unwrap();
        application.stop().await.unwrap();
        self.alerts.stats()
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance_to(self.clock.now().saturating_add(Duration::from_secs(seconds)));
    }
}

fn context() -> AlertContext {
    AlertContext::instrument("test", &"binance:BTCUSDT".parse().unwrap())
}

/// A web server that answers with these states, one connection each, and returns the bodies that it got.
fn server(answers: &'static [u16]) -> (String, JoinHandle<Vec<Value>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let serve = move || answers.iter().map(|status| answer(&listener.accept().unwrap().0, *status)).collect();
    (url, std::thread::spawn(serve))
}

fn answer(mut stream: &TcpStream, status: u16) -> Value {
    let mut request = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1).map_or("0", |rest| rest.lines().next().unwrap());
            let length: usize = length.parse().unwrap();
            if body.len() >= length {
                write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
                return serde_json::from_str(body).unwrap_or_default();
            }
        }
    }
}

#[test]
fn the_same_text_is_sent_once_and_another_waits_for_the_cool_down() {
    let fixture = fixture(|_| {});
    assert_eq!(fixture.send("a"), AlertOutcome::Sent(1));
    assert_eq!(fixture.send("a"), AlertOutcome::Duplicate);
    assert_eq!(fixture.send("b"), AlertOutcome::CoolingDown);
    fixture.wait(30);
    assert_eq!(fixture.send("b"), AlertOutcome::Sent(2));
    assert_eq!(fixture.send("a"), AlertOutcome::Duplicate);
    fixture.wait(300);
    assert_eq!(fixture.send("a"), AlertOutcome::Sent(3));
    let stats = fixture.alerts.stats();
    assert_eq!((stats.sent, stats.duplicates, stats.cooled_down), (3, 2, 1));
}

#[test]
fn another_symbol_has_its_own_cool_down() {
    let fixture = fixture(|_| {});
    fixture.send("a");
    let other = AlertContext { instrument: Some("binance:ETHUSDT".parse().unwrap()), ..context() };
    assert_eq!(fixture.alerts.send_alert("a", AlertLevel::Warning, other), AlertOutcome::Sent(2));
}

#[test]
fn the_history_answers_by_level_number_and_time() {
    let fixture = fixture(|settings| {
        settings.alerts.history = 3;
        settings.alerts.min_level = AlertLevel::Warning;
    });
    assert_eq!(fixture.alerts.send_alert("x", AlertLevel::Info, context()), AlertOutcome::BelowLevel);
    for text in ["a", "b", "c", "d"] {
        fixture.send(text);
        fixture.wait(30);
    }
    fixture.alerts.send_alert("e", AlertLevel::Error, context());
    let texts = |level, limit, since| -> Vec<String> {
        fixture.alerts.alerts(level, limit, since).into_iter().map(|alert| alert.message).collect()
    };
    assert_eq!(texts(None, 10, None), ["e", "d", "c"], "newest first, the oldest forgotten");
    assert_eq!(texts(None, 1, None), ["e"]);
    assert_eq!(texts(Some(AlertLevel::Error), 10, None), ["e"]);
    assert_eq!(texts(None, 10, Some(fixture.clock.now())), ["e"]);
}

#[test]
fn who_listens_hears_every_alert_that_is_sent_and_may_raise_another() {
    let fixture = Arc::new(fixture(|_| {}));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (sink, inner) = (Arc::clone(&heard), Arc::downgrade(&fixture));
    let _listening = fixture.bus.topic::<Alert>().observe("test", move |alert| {
        sink.lock().unwrap().push(alert.message.clone());
        if let Some(fixture) = inner.upgrade() {
            fixture.send("from who listens");
        }
    });
    fixture.send("a");
    fixture.send("a");
    assert_eq!(*heard.lock().unwrap(), ["a"]);
}

#[tokio::test]
async fn a_webhook_that_fails_is_tried_again_with_the_same_alert() {
    let (url, server) = server(&[503, 429, 200]);
    let fixture = fixture(|settings| settings.alerts.webhook.url = Some(url));
    fixture.send("hello");
    let stats = fixture.deliver().await;
    let bodies = server.join().unwrap();
    assert_eq!(bodies.len(), 3);
    for body in bodies {
        assert_eq!((&body["id"], &body["level"], &body["message"]), (&1.into(), &"warning".into(), &"hello".into()));
    }
    assert_eq!((stats.delivered, stats.failed), (2, 0), "by the log and by the webhook");
}

#[tokio::test]
async fn a_webhook_that_refuses_is_not_tried_again() {
    let (url, server) = server(&[400]);
    let fixture = fixture(|settings| settings.alerts.webhook.url = Some(url));
    fixture.send("hello");
    assert_eq!(fixture.deliver().await.failed, 1);
    assert_eq!(server.join().unwrap().len(), 1);
}

#[tokio::test]
async fn a_webhook_that_nobody_serves_gives_up_and_the_next_alert_is_tried() {
    let (url, server) = server(&[]);
    server.join().unwrap();
    let fixture = fixture(|settings| {
        settings.alerts.webhook.url = Some(url);
        settings.alerts.webhook.attempts = 2;
    });
    fixture.send("a");
    fixture.wait(60);
    fixture.send("b");
    assert_eq!(fixture.deliver().await.failed, 2);
}

#[tokio::test]
async fn a_file_gets_one_line_of_json_per_alert_and_other_channels_are_not_touched() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("alerts.jsonl");
    let file = path.clone();
    let fixture = fixture(|settings| settings.alerts.file.path = Some(file));
    assert_eq!(fixture.alerts.channels(), ["log", "file"], "the webhook has no address");
    fixture.send("a");
    fixture.wait(60);
    fixture.send("b");
    assert_eq!(fixture.deliver().await.delivered, 4, "two alerts on two channels");
    let lines: Vec<Value> =
        std::fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["message"], &lines[1]["message"]), (&"a".into(), &"b".into()));
    assert_eq!(lines[1]["time"], "1970-01-01T00:01:00.000000000Z");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_counted_as_failed() {
    let fixture = fixture(|settings| settings.alerts.file.path = Some("no/such/folder/alerts.jsonl".into()));
    fixture.send("a");
    assert_eq!(fixture.deliver().await.failed, 1);
}

/// A webhook and its health after one alert to a server with these answers: the last is to the question of the check.
async fn webhook_after(answers: &'static [u16]) -> (usize, AlertStats, Option<String>) {
    let (url, server) = server(answers);
    let mut settings = Settings::default();
    settings.alerts.webhook.url = Some(url);
    settings.alerts.webhook.base_delay = Duration::from_millis(1);
    let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings)));
    let channel = Arc::new(WebhookChannel::new(Arc::clone(&config)).unwrap());
    let channels = Many::<dyn IAlertChannel>::new([(Some("webhook"), Arc::clone(&channel) as _)]);
    let (bus, clock) = (Bus::new(), Arc::new(ManualClock::default()));
    let alerts = AlertManager::new(
        config,
        Arc::clone(&clock) as _,
        channels,
        Arc::new(bus.topic()),
        Arc::new(MemoryState::default()),
    );
    let alerts = Arc::new(alerts.unwrap());
    let fixture = Fixture { bus, clock, alerts };
    fixture.send("hello");
    let stats = fixture.deliver().await;
    let health = channel.check().await.unwrap();
    (server.join().unwrap().len(), stats, health.reason().map(str::to_owned))
}

#[tokio::test]
async fn what_a_channel_had_no_time_for_is_delivered_by_the_next_run_and_nothing_else_is() {
    let state = MemoryState::default();
    // A run without the webhook owes it nothing.
    let before = fixture_on(state.clone(), |_| {});
    before.send("before there was a webhook");
    before.deliver().await;
    let nowhere = Some("http://127.0.0.1:9/".to_owned());
    let killed = fixture_on(state.clone(), |settings| settings.alerts.webhook.url = nowhere);
    let AlertOutcome::Sent(id) = killed.send("owed") else { panic!("expected an alert that is sent") };
    drop(killed);

    let (url, server) = server(&[200]);
    let next = fixture_on(state.clone(), |settings| settings.alerts.webhook.url = Some(url));
    assert_eq!(next.alerts.stats().pending, 2, "by the log and by the webhook");
    assert!(next.alerts.deliveries(id).is_empty(), "neither has spoken");
    next.run_until(|stats| stats.delivered == 2).await;
    let posted = server.join().unwrap();
    assert_eq!((posted[0]["id"].as_u64(), &posted[0]["message"]), (Some(id), &"owed".into()));
    assert_eq!(next.alerts.stats().undelivered(), 0);
    assert_eq!(fixture_on(state, |_| {}).alerts.stats().pending, 0, "once is enough");
}

/// A channel whose receiver wants to be left alone for an hour, if it does.
struct Resting(bool);

#[di_core::interface]
impl IAlertChannel for Resting {
    fn name(&self) -> &'static str {
        "resting"
    }

    fn is_enabled(&self) -> bool {
        true
    }

    async fn deliver(&self, _: &Alert) -> Result<(), ChannelError> {
        Ok(())
    }

    fn rests(&self) -> Option<Duration> {
        self.0.then_some(Duration::from_secs(3_600))
    }
}

#[tokio::test]
async fn what_a_channel_owes_it_still_owes_when_the_patience_of_who_wants_it_again_has_ended() {
    let state = MemoryState::default();
    let run = |rests| {
        let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
        let clock = Arc::new(ManualClock::default());
        let channels = Many::<dyn IAlertChannel>::new([(None, Arc::new(Resting(rests)) as _)]);
        let bus = Bus::new();
        let (raised, kept) = (Arc::new(bus.topic()), Arc::new(state.clone()));
        let alerts = Arc::new(AlertManager::new(config, Arc::clone(&clock) as _, channels, raised, kept).unwrap());
        Fixture { bus, clock, alerts }
    };
    let killed = run(true);
    let AlertOutcome::Sent(id) = killed.send("owed") else { panic!("expected an alert that is sent") };
    let said = killed.alerts.resend(id).await.unwrap();
    let late = "expected the channel to deliver within 30s: its receiver does not want to be asked for another 1h";
    assert_eq!(said[0].error.as_deref(), Some(late), "who waits is told");
    assert!(killed.alerts.deliveries(id).is_empty(), "it has not spoken");
    drop(killed);
    let next = run(false);
    assert_eq!(next.alerts.stats().pending, 1);
    next.run_until(|stats| stats.delivered == 1).await;
    assert_eq!(next.alerts.deliveries(id)[0].error, None);
}

#[tokio::test]
async fn an_alert_that_nobody_acknowledges_in_time_is_escalated_once_by_the_injected_clock() {
    let (state, folder) = (MemoryState::default(), tempfile::tempdir().unwrap());
    let file = folder.path().join("escalated.jsonl");
    let declare = |settings: &mut Settings| {
        settings.alerts.escalate_after = Some(Duration::from_secs(60));
        settings.alerts.escalate_to = Some("file".to_owned());
        settings.alerts.file.path = Some(file.clone());
    };
    let first = fixture_on(state.clone(), declare);
    let send = |rule, level, message| {
        let context = AlertContext { rule, ..AlertContext::default() };
        match first.alerts.send_alert(message, level, context) {
            AlertOutcome::Sent(id) => id,
            other => panic!("expected an alert that is sent, found {other:?}"),
        }
    };
    send("low", AlertLevel::Warning, "low");
    let seen = send("seen", AlertLevel::Error, "seen");
    let missed = send("missed", AlertLevel::Critical, "missed");
    first.alerts.acknowledge(seen, "ann");
    first.wait(59);
    first.run_until(|stats| stats.pending == 0).await;
    let lines = || -> Vec<Value> {
        let text = std::fs::read_to_string(&file).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert_eq!(lines().len(), 3, "each once, for nobody is late yet");

    // The next run goes on waiting, by its own clock.
    let next = fixture_on(state.clone(), declare);
    next.wait(60);
    let is_escalated = || next.alerts.deliveries(missed).iter().any(|word| word.channel == "escalation");
    next.run_until(|_| is_escalated()).await;
    let escalated = lines().split_off(3);
    let said: Vec<_> = escalated.iter().map(|line| (line["id"].as_u64().unwrap(), &line["message"])).collect();
    assert_eq!(said, [(missed, &"nobody has acknowledged this for 1m: missed".into())]);
    let marks: Vec<_> = lines().iter().map(|line| line["escalated"].as_bool().unwrap()).collect();
    assert_eq!(marks, [false, false, false, true], "a receiver that knows the number tells it from the alert");

    let third = fixture_on(state, declare);
    third.wait(3_600);
    third.deliver().await;
    assert_eq!(lines().len(), 4, "once");
}

#[tokio::test(start_paused = true)]
async fn an_alert_is_escalated_by_the_time_on_the_wall_while_no_message_moves_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = fixture_on(MemoryState::default(), |settings: &mut Settings| {
        settings.alerts.escalate_after = Some(Duration::from_secs(60));
        settings.alerts.escalate_to = Some("file".to_owned());
        settings.alerts.file.path = Some(folder.path().join("escalated.jsonl"));
    });
    let sent = fixture.alerts.send_alert("missed", AlertLevel::Critical, AlertContext::default());
    let AlertOutcome::Sent(missed) = sent else { panic!("expected an alert that is sent, found {sent:?}") };
    let is_escalated = || fixture.alerts.deliveries(missed).iter().any(|word| word.channel == "escalation");
    let begin = tokio::time::Instant::now();
    fixture.run_until(|_| is_escalated()).await;
    assert_eq!(begin.elapsed().as_secs(), 60);
}

/// A web server that answers with these heads, and returns when each request came.
fn timed_server(answers: Vec<String>) -> (String, JoinHandle<Vec<std::time::Instant>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let serve = move || {
        let take = |head: &String| {
            let mut stream = listener.accept().unwrap().0;
            let came = std::time::Instant::now();
            let mut request = Vec::new();
            while !String::from_utf8_lossy(&request).contains('}') {
                let mut chunk = [0; 4_096];
                let read = stream.read(&mut chunk).unwrap();
                request.extend_from_slice(&chunk[..read]);
            }
            write!(stream, "HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            came
        };
        answers.iter().map(take).collect()
    };
    (url, std::thread::spawn(serve))
}

#[tokio::test]
async fn a_receiver_that_says_when_to_come_again_is_not_asked_before_by_this_alert_nor_by_the_next() {
    // A date has whole seconds: two of them are at least one.
    let date = || httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(2));
    let seconds = || "1".to_owned();
    let cases: [(fn() -> String, usize); 3] = [(seconds, 2), (date, 2), (seconds, 1)];
    for (wish, attempts) in cases {
        let wish = wish();
        let (url, server) = timed_server(vec![format!("429 x\r\nretry-after: {wish}"), "200 x".to_owned()]);
        let fixture = fixture(|settings| {
            (settings.alerts.webhook.url, settings.alerts.webhook.attempts) = (Some(url), attempts);
        });
        fixture.send("a");
        if attempts == 1 {
            fixture.wait(60);
            fixture.send("b");
        }
        let stats = fixture.deliver().await;
        assert_eq!(stats.failed, u64::from(attempts == 1), "{wish}");
        let came = server.join().unwrap();
        assert!(came[1].duration_since(came[0]) >= Duration::from_millis(950), "{wish}: {came:?}");
    }
}

#[tokio::test]
async fn a_line_that_a_killed_process_has_not_ended_is_ended_before_the_next_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("alerts.jsonl");
    std::fs::write(&path, "{\"id\":1,\"mess").unwrap();
    let file = path.clone();
    let fixture = fixture(|settings| settings.alerts.file.path = Some(file));
    fixture.send("a");
    fixture.wait(60);
    fixture.send("b");
    fixture.deliver().await;
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "{\"id\":1,\"mess"), "{text}");
    lines[1..].iter().for_each(|line| drop(serde_json::from_str::<Value>(line).unwrap()));
}

#[tokio::test]
async fn a_redirect_and_a_refusal_are_failures_that_the_channels_health_shows() {
    for answers in [&[301, 200][..], &[302, 405], &[404, 404]] {
        let status = answers[0];
        let (requests, stats, reason) = webhook_after(answers).await;
        assert_eq!((requests, stats.failed, stats.delivered), (2, 1, 0), "{status}");
        let expected = format!(
            "the last alert was not delivered: expected the webhook to answer with success, found status {status}"
        );
        assert_eq!(reason.as_deref(), Some(&*expected));
    }
    assert_eq!(webhook_after(&[200, 405]).await.2, None);
    assert!(webhook_after(&[200, 404]).await.2.unwrap().contains("status 404"));
}

#[tokio::test]
async fn what_one_channel_cannot_deliver_goes_to_the_fallback() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("alerts.jsonl");
    let (url, server) = server(&[404]);
    let fixture = fixture(|settings| {
        settings.alerts.webhook.url = Some(url);
        (settings.alerts.file.path, settings.alerts.fallback) = (Some(file.clone()), Some("file".to_owned()));
    });
    fixture.send("hello");
    let stats = fixture.deliver().await;
    server.join().unwrap();
    assert_eq!((stats.failed, stats.delivered), (0, 3), "by the log, by the file, and by the file for the webhook");
    let id = fixture.alerts.alerts(None, 1, None)[0].id;
    let mut said = fixture.alerts.deliveries(id);
    said.sort_by(|one, other| one.channel.cmp(&other.channel));
    let words: Vec<_> = said.iter().map(|one| (one.channel.as_str(), one.error.as_deref())).collect();
    let refused = "expected the webhook to answer with success, found status 404";
    assert_eq!(words, [("file", None), ("log", None), ("webhook", Some(refused))]);
    assert!(fixture.alerts.deliveries(id + 1).is_empty());
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 2);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_a_failure_that_the_channels_health_shows() {
    let mut settings = Settings::default();
    settings.alerts.file.path = Some("/dev/full".into());
    let channel = FileChannel::new(Arc::new(ConfigManager::new(Arc::new(settings))));
    assert_eq!(channel.check().await.unwrap().reason(), None);
    let fixture = fixture(|_| {});
    fixture.send("hello");
    let alert = fixture.alerts.alerts(None, 1, None).remove(0);
    channel.deliver(&alert).await.unwrap_err();
    let health = channel.check().await.unwrap();
    assert!(health.reason().unwrap().contains("No space left"), "{health:?}");
}

#[test]
fn ids_begin_where_the_settings_say() {
    let fixture = fixture(|settings| settings.alerts.first_id = 7_000_001);
    assert_eq!(fixture.send("a"), AlertOutcome::Sent(7_000_001));
}

#[cfg(unix)]
#[tokio::test(flavor = "current_thread")]
async fn a_file_that_blocks_holds_up_no_other_task() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("alerts");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut settings = Settings::default();
    settings.alerts.file.path = Some(pipe.clone());
    let channel = Arc::new(FileChannel::new(Arc::new(ConfigManager::new(Arc::new(settings)))));

    // Nobody reads the pipe, and to open it waits for a reader; one comes when another task has got its turns.
    let (told, heard) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let went_on = heard.recv_timeout(Duration::from_secs(30)).is_ok();
        (went_on, std::fs::read_to_string(pipe).unwrap())
    });
    let alert = Alert {
        id: 7,
        time: Timestamp::default(),
        level: AlertLevel::Error,
        rule: "test",
        instrument: None,
        service: None,
        message: "hello".to_owned(),
        escalated: false,
    };
    let writing = tokio::spawn({
        let channel = Arc::clone(&channel);
        async move { channel.deliver(&alert).await }
    });
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(!writing.is_finished(), "it waits for a reader");
    told.send(()).unwrap();
    writing.await.unwrap().unwrap();
    let (went_on, text) = reader.join().unwrap();
    assert!(went_on, "the other task was held up");
    assert!(text.contains("hello"), "{text}");
}
