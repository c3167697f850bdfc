//! Funding in recordings: a back-test pays what a replay pays, and a kept position pays once.

#[cfg(feature = "store")]
use rust_decimal::dec;
#[cfg(feature = "store")]
use trading_services::prelude::*;

use crate::common;
#[cfg(feature = "store")]
use crate::funding::{at, fill};

/// 2024-06-01T00:00:00Z in milliseconds.
const START: u64 = 1_717_200_000_000;

/// When the funding of [`recording`] is due, in milliseconds after the start.
const DUE: u64 = 20_000;

/// Binance's USD-M: prices rise from the tenth second on, and at [`DUE`] the funding is settled.
fn recording() -> tempfile::NamedTempFile {
    let mut lines = r#"{"recording":1,"venue":"binance-futures","symbols":["XYZUSDT"],"topics":[]}"#.to_owned() + "\n";
    let mut add = |millis: u64, message: String| {
        lines.push_str(&format!("{} {message}\n", (START + millis) * 1_000_000));
    };
    for second in 0..30_u64 {
        let price = |second: u64| 100 + second.saturating_sub(9);
        let (millis, before, price, id) =
            (second * 1_000, price(second.saturating_sub(1)), price(second), second * 10 + 15);
        let (time, next) = (START + millis, START + if millis < DUE { DUE } else { 28_800_000 });
        add(
            millis,
            format!(
                r#"{{"e":"depthUpdate","E":{time},"T":{time},"s":"XYZUSDT","U":{},"u":{id},"pu":{},"b":[["{}.9","1000"]],"a":[["{before}.1","0"],["{price}.1","1000"]]}}"#,
                id - 9,
                id - 10,
                price - 1,
            ),
        );
        if second == 0 {
            add(1, r#"{"lastUpdateId":10,"bids":[["99.8","1"]],"asks":[["200","1"]]}"#.to_owned());
        }
        add(
            millis + 2,
            format!(
                r#"{{"e":"aggTrade","E":{time},"s":"XYZUSDT","a":{second},"p":"{price}","q":"1","f":{second},"l":{second},"T":{time},"m":true}}"#
            ),
        );
        add(
            millis + 3,
            format!(
                r#"{{"e":"markPriceUpdate","E":{time},"s":"XYZUSDT","p":"{price}","i":"{price}","P":"{price}","r":"0.001","T":{next}}}"#
            ),
        );
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines).unwrap();
    file
}

fn figures(path: &std::path::Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_back_test_of_a_recording_pays_what_its_replay_pays() {
    let (file, folder) = (recording(), tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let config = path("settings.toml");
    let strategy = "[signals]\ntimeframe = \"1s\"\n[signals.momentum]\nmode = \"on\"\nbars = 1\npercent = \"0.5\"\n";
    let off: String =
        ["crossover", "breakout", "mean_reversion"].map(|name| format!("[signals.{name}]\nmode = \"off\"\n")).concat();
    let quantity = "[risk.sizing]\nmethod = \"quantity\"\nquantity = \"2\"\n[modules]\nevery = \"0s\"\n";
    std::fs::write(&config, format!("{strategy}{off}{quantity}")).unwrap();
    let (replayed, tested) = (path("replayed.json"), path("tested.json"));
    let recording = file.path().to_str().unwrap();
    let log = path("events.log");
    let replay = ["--replay", recording, "--config", &config, "--summary", &replayed, "--log", &log];
    let test = ["backtest", "--replay", recording, "--config", &config, "--summary", &tested];
    for arguments in [&replay[..], &test[..]] {
        let (code, stdout, stderr) = common::said(&common::binary(arguments).output().unwrap());
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains("funding"), "{stdout}");
    }
    // Two are held, at the mark of the second before.
    let (replayed, tested) = (figures(replayed.as_ref()), figures(tested.as_ref()));
    assert_eq!((&replayed["trading"]["funding"], &tested["funding"]), (&"-0.22".into(), &"-0.22".into()), "{replayed}");
    assert_eq!((&replayed["trading"]["unknown_funding"], &tested["unknown_funding"]), (&0.into(), &0.into()));
    let log = std::fs::read_to_string(log).unwrap();
    let lines: Vec<_> = log.lines().filter(|line| line.contains(" funding ")).collect();
    let line = format!(
        "{} funding binance-futures:XYZUSDT 2 at 2024-06-01T00:00:20.000000000Z: -0.22 USDT by 0.001 of 110",
        (START + DUE) * 1_000_000
    );
    assert_eq!(lines, [line]);
}

#[cfg(feature = "store")]
#[test]
fn a_position_that_is_kept_pays_once_however_often_a_recording_is_played() {
    let (file, folder) = (recording(), tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let instrument: InstrumentId = "binance-futures:XYZUSDT".parse().unwrap();
    {
        let state =
            trading_services::store::DurableState::open(&folder.path().join("state"), &Default::default()).unwrap();
        let (fill, time) = (fill(0, 1, &instrument, dec!(3), dec!(100)), at(0));
        let request = OrderRequest::market(
            fill.order.clone(),
            &instrument,
            Side::Buy,
            fill.quantity,
            false,
            CorrelationId::default(),
        );
        let order = fill.order.clone();
        state.append(StateFact::Submitted { request: Box::new(request), time }).unwrap();
        state.append(StateFact::Reported { order, event: Box::new(OrderEvent::Filled(fill)), time }).unwrap();
    }
    let (config, summary, state) = (path("settings.toml"), path("summary.json"), path("state"));
    std::fs::write(&config, "[trading]\nenabled = false\n").unwrap();
    for _ in 0..2 {
        let run =
            ["--replay", file.path().to_str().unwrap(), "--config", &config, "--store", &state, "--summary", &summary];
        let (code, _, stderr) = common::said(&common::binary(&run).output().unwrap());
        assert_eq!(code, 0, "{stderr}");
        let trading = &figures(summary.as_ref())["trading"];
        assert_eq!((&trading["funding"], &trading["unknown_funding"]), (&"-0.33".into(), &0.into()), "{trading}");
    }
}
