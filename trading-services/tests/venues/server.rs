//! A venue on loopback that sends what it is told to: it shares no code with the parsers.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

/// One connection of a client.
pub(crate) struct Peer {
    pub(crate) socket: WebSocketStream<TcpStream>,
    /// Which connection it is, from 0.
    pub(crate) index: usize,
    /// The path that was asked for.
    pub(crate) path: String,
    /// Whether the client has gone, as far as sending has told.
    pub(crate) is_gone: bool,
}

impl Peer {
    /// Sends a text; a client that is gone is no error of the server's.
    pub(crate) async fn say(&mut self, text: &str) {
        self.is_gone |= self.socket.send(Message::text(text)).await.is_err();
    }

    /// The next text of the client; `None` when it is gone.
    pub(crate) async fn hear(&mut self) -> Option<String> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => return Some(text.to_string()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next text, if one comes soon.
    pub(crate) async fn hear_soon(&mut self, millis: u64) -> Option<String> {
        tokio::time::timeout(Duration::from_millis(millis), self.hear()).await.ok().flatten()
    }

    /// Stays until the client goes.
    pub(crate) async fn stay(&mut self) {
        while self.hear().await.is_some() {}
    }
}

/// A server of WebSockets.
pub(crate) struct Streams {
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
}

impl Streams {
    /// Serves every connection with `script`.
    pub(crate) async fn start<F: Future<Output = ()> + Send + 'static>(
        script: impl Fn(Peer) -> F + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let (count, script) = (Arc::clone(&connections), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let index = count.fetch_add(1, Ordering::SeqCst);
                let script = Arc::clone(&script);
                tokio::spawn(async move {
                    let path = Arc::new(Mutex::new(String::new()));
                    let seen = Arc::clone(&path);
                    #[expect(clippy::result_large_err, reason = "the library's own type")]
                    let note = move |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
                        *seen.lock().unwrap() = request.uri().path().to_owned();
                        Ok(response)
                    };
                    if let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, note).await {
                        let path = path.lock().unwrap().clone();
                        script(Peer { socket, index, path, is_gone: false }).await;
                    }
                });
            }
        });
        Self { address, connections }
    }

    /// Binance, which answers the subscription to the recorded book and sends its changes, with a pause after each.
    pub(crate) async fn of_binance(diffs: String, pause: Duration) -> Self {
        Self::start(move |mut peer| {
            let diffs = diffs.clone();
            async move {
                assert_eq!(peer.path, "/stream");
                let asked = peer.hear().await.unwrap();
                assert!(asked.contains(r#""SUBSCRIBE""#) && asked.contains("btcusdt@depth@100ms"), "{asked}");
                peer.say(r#"{"result":null,"id":1}"#).await;
                for diff in diffs.lines() {
                    peer.say(&format!(r#"{{"stream":"btcusdt@depth@100ms","data":{diff}}}"#)).await;
                    tokio::time::sleep(pause).await;
                }
                peer.stay().await;
            }
        })
        .await
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A server of bodies.
pub(crate) struct Bodies {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Bodies {
    /// Answers every request with what `answer` says: the status with its headers, a blank line, and the body.
    pub(crate) async fn start(answer: impl Fn(&str) -> (String, String) + Send + Sync + 'static) -> Self {
        Self::start_slow(move |path| std::future::ready(answer(path))).await
    }

    /// The same, each when `answer` is ready.
    pub(crate) async fn start_slow<F: Future<Output = (String, String)> + Send>(
        answer: impl Fn(&str) -> F + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    let (mut head, mut byte) = (Vec::new(), [0]);
                    while !head.ends_with(b"\r\n\r\n") {
                        match stream.read(&mut byte).await {
                            Ok(1) => head.push(byte[0]),
                            _ => return,
                        }
                    }
                    let head = String::from_utf8_lossy(&head).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    log.lock().unwrap().push(path.clone());
                    let (status, body) = answer(&path).await;
                    let length = body.len();
                    let text =
                        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
                    let _ = stream.write_all(text.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { address, asked }
    }

    /// What was asked for, in its order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
