//! Attacks by pages of other sites, slow clients and malformed requests.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::process::Running;

/// What is answered to these bytes, as far as it comes; nothing when the connection is closed without an answer.
fn said(address: &str, request: &[u8]) -> String {
    let stream = sent(address, request);
    // Nobody answers a client that has gone, and half of it is enough: only who says too little leaves without an answer.
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    if stream.peek(&mut [0]).is_err() {
        let _ = stream.shutdown(Shutdown::Write);
    }
    rest(stream)
}

/// What is answered to a client that has sent this and stays: it may go on, or it waits.
fn answered(address: &str, request: &[u8]) -> String {
    rest(sent(address, request))
}

/// What is answered to a client that has sent this and sends no more.
fn cut(address: &str, request: &[u8]) -> String {
    let stream = sent(address, request);
    stream.shutdown(Shutdown::Write).unwrap();
    rest(stream)
}

fn sent(address: &str, request: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    // It may be refused before all of it was sent.
    let _ = stream.write_all(request);
    stream
}

fn rest(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap())
}

/// Asks with these lines beside the host.
fn asked(address: &str, line: &str, more: &str, body: &str) -> String {
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n{body}"
    );
    said(address, request.as_bytes())
}

fn token(address: &str) -> String {
    let session = asked(address, "GET /api/v1/session", "", "");
    session.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn started() -> (Running, String) {
    let mut platform = Running::start(&["--verbose"]);
    let address = platform.address();
    platform.wait_for_error("all services have started");
    (platform, address)
}

fn ended(platform: Running) {
    platform.signal("-INT");
    let (code, _, stderr) = platform.end();
    assert_eq!(code, 0, "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn another_site_can_neither_read_nor_act() {
    let (platform, address) = started();
    let port = address.rsplit(':').next().unwrap();
    let token = token(&address);
    let act = "content-type: application/json\r\n";
    for host in
        ["evil.example", &format!("evil.example:{port}"), &format!("127.0.0.1.evil.example:{port}"), "127.0.0.1:1"]
    {
        let request = format!("GET /api/v1/session HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let answer = said(&address, request.as_bytes());
        assert!(status(&answer) == 421 && !answer.contains(&token), "{host}: {answer}");
    }
    for more in ["origin: http://evil.example\r\n", "origin: null\r\n", "sec-fetch-site: cross-site\r\n"] {
        let answer = asked(&address, "GET /api/v1/session", more, "");
        assert!(status(&answer) == 403 && !answer.contains(&token), "{more}: {answer}");
        let kill = asked(
            &address,
            "POST /api/v1/risk/kill",
            &format!("{act}{more}x-csrf-token: {token}\r\n"),
            "{\"reason\":\"\"}",
        );
        assert_eq!(status(&kill), 403, "{more}: {kill}");
    }
    // A form of another site cannot send the token, nor the type of the body.
    for more in [act.to_owned(), format!("{act}x-csrf-token: {}\r\n", "0".repeat(48))] {
        assert_eq!(status(&asked(&address, "POST /api/v1/risk/kill", &more, "{\"reason\":\"\"}")), 403);
    }
    let form = format!("content-type: text/plain\r\nx-csrf-token: {token}\r\n");
    assert_eq!(status(&asked(&address, "POST /api/v1/risk/kill", &form, "{\"reason\":\"\"}")), 415);
    let preflight = asked(&address, "OPTIONS /api/v1/risk/kill", "origin: http://evil.example\r\n", "");
    assert!(status(&preflight) == 403 && !preflight.to_lowercase().contains("access-control"), "{preflight}");
    let socket = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    assert_eq!(
        status(&asked(&address, "GET /api/v1/live", &format!("{socket}origin: http://evil.example\r\n"), "")),
        403
    );
    assert!(asked(&address, "GET /api/v1/risk", "", "").contains("\"killed\":null"), "nobody has stopped the trading");
    ended(platform);
}

#[test]
fn tricks_with_paths_find_nothing_but_what_is_served() {
    let (platform, address) = started();
    for path in [
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/vendor/../../src/lib.rs",
        "//etc/passwd",
        "/./app.js/",
        "/app.js%00.html",
        "/vendor",
        "/vendor/",
        "/.git/config",
        "/api/v1/../../app",
        "/\\..\\Cargo.toml",
        "/api/v1/alerts/..%2f1/acknowledge",
        "/api/v1/markets/%3Cscript%3E/book",
        "/graph/..%2fapp.js",
        "/health/%2e%2e",
    ] {
        let answer = asked(&address, &format!("GET {path}"), "", "");
        assert!(matches!(status(&answer), 400 | 404 | 405), "{path}: {answer}");
        assert!(!answer.contains("[package]") && !answer.contains("root:"), "{path}: {answer}");
        // What was asked for is named in JSON, which no browser takes for a page.
        assert!(!answer.contains("text/html"), "{path}: {answer}");
    }
    for line in ["GET http://evil.example/api/v1/session", "CONNECT evil.example:80", "GET *"] {
        let answer = asked(&address, line, "", "");
        assert!(matches!(status(&answer), 0 | 400 | 403 | 404 | 421), "{line}: {answer}");
    }
    ended(platform);
}

#[test]
fn what_is_too_large_or_written_to_be_read_in_two_ways_is_refused() {
    let (platform, address) = started();
    let token = token(&address);
    // A body of 1 GB is refused by its length, and one without a length when it is too long.
    let head = |more: &str| {
        format!(
            "POST /api/v1/risk/kill HTTP/1.1\r\nhost: {address}\r\nx-csrf-token: {token}\r\ncontent-type: application/json\r\n{more}\r\n"
        )
    };
    let begin = Instant::now();
    assert_eq!(status(&answered(&address, head("content-length: 1073741824\r\n").as_bytes())), 413);
    assert!(begin.elapsed() < Duration::from_secs(10), "nobody waits for what is refused: {:?}", begin.elapsed());
    let chunks = |count: usize, end: &str| {
        let chunks = format!("1000\r\n{}\r\n", "x".repeat(4_096)).repeat(count);
        format!("{}{chunks}{end}", head("transfer-encoding: chunked\r\n")).into_bytes()
    };
    assert_eq!(status(&answered(&address, &chunks(64, ""))), 413, "without an end");
    // A little too much, as a whole: it is too much all the same, and not cut.
    let much = "x".repeat(16 * 1_024 + 1);
    let whole = format!("{}{much}", head(&format!("content-length: {}\r\n", much.len())));
    assert_eq!(status(&answered(&address, whole.as_bytes())), 413);
    assert_eq!(status(&answered(&address, &chunks(5, "0\r\n\r\n"))), 413);
    // A body that ends before its end is no act.
    let reason = "{\"reason\":\"cut\"}";
    assert_eq!(status(&cut(&address, format!("{}{reason}", head("content-length: 100\r\n")).as_bytes())), 400);
    let half = format!("{}40\r\n{reason}", head("transfer-encoding: chunked\r\n"));
    assert_eq!(status(&cut(&address, half.as_bytes())), 400);
    // Headers without an end, and too many of them.
    let answer =
        said(&address, format!("GET / HTTP/1.1\r\nhost: {address}\r\nx: {}\r\n\r\n", "y".repeat(1 << 20)).as_bytes());
    assert!(matches!(status(&answer), 0 | 431), "{answer}");
    let many: String = (0..1_000).map(|number| format!("x-{number}: y\r\n")).collect();
    let answer = said(&address, format!("GET / HTTP/1.1\r\nhost: {address}\r\n{many}\r\n").as_bytes());
    assert!(matches!(status(&answer), 0 | 431), "{answer}");
    let long = format!("GET /{} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n", "a".repeat(1 << 17));
    assert!(matches!(status(&said(&address, long.as_bytes())), 0 | 404 | 414 | 431));
    // Two lengths, a length and chunks, two hosts, a line within a header: nothing is smuggled behind them.
    for more in [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "host: evil.example\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-length: +5\r\n",
        "x : y\r\n",
        " x: y\r\n",
        "x: a\rb\r\n",
    ] {
        let smuggled = format!("{}0\r\n\r\nGET /api/v1/session HTTP/1.1\r\nhost: {address}\r\n\r\n", head(more));
        let answer = said(&address, smuggled.as_bytes());
        assert!(status(&answer) == 0 || status(&answer) >= 400, "{more:?}: {answer}");
        assert!(!answer.contains("\"token\""), "{more:?}: {answer}");
    }
    assert!(asked(&address, "GET /api/v1/risk", "", "").contains("\"killed\":null"));
    ended(platform);
}

#[test]
fn a_thousand_clients_that_only_hold_the_line_keep_nobody_out() {
    let (platform, address) = started();
    let mut holding = Vec::new();
    for number in 0..1_000 {
        let Ok(mut stream) = TcpStream::connect(&address) else { break };
        if number % 2 == 0 {
            // Half of a request, and never the rest.
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: ");
        }
        holding.push(stream);
    }
    assert!(holding.len() > 900, "{}", holding.len());
    assert_eq!(status(&asked(&address, "GET /healthz", "", "")), 200);
    assert_eq!(status(&asked(&address, "GET /api/v1/overview", "", "")), 200);
    drop(holding);
    ended(platform);
}

#[test]
fn every_answer_tells_the_browser_what_it_may_be_used_for() {
    let (platform, address) = started();
    for path in ["/", "/app.js", "/api/v1/overview", "/nothing", "/graph", "/healthz"] {
        let answer = asked(&address, &format!("GET {path}"), "", "").to_lowercase();
        let head = answer.split("\r\n\r\n").next().unwrap();
        for line in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'",
        ] {
            assert!(head.contains(line), "{path}: expected {line} in {head}");
        }
        assert!(!head.contains("unsafe-inline") && !head.contains("access-control-allow"), "{path}: {head}");
    }
    ended(platform);
}
