//! The WebSocket of a viewer: topics that it asked for, from where it was, as fast as it reads.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures::SinkExt;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, interval, timeout};

use super::feed::Wanted;
use super::hub::Hub;

/// The version of what is said here; it grows when something is removed or means something else.
const PROTOCOL: u32 = 1;

/// How many topics one viewer may look at.
const TOPICS: usize = 64;

/// A viewer is told to wait no less than this between two changes: fifty a second are more than a person sees.
const PAUSE: Duration = Duration::from_millis(20);

/// How often a viewer is told that what it has is current, as long as it is.
const BEAT: Duration = Duration::from_secs(2);

/// How often a viewer is asked whether it is still there.
const PING: Duration = Duration::from_secs(5);

/// A viewer who has said nothing for so long, not even an answer to a ping, or who does not take what it is sent, is gone.
const GONE: Duration = Duration::from_secs(15);

/// The largest message of a viewer.
const MESSAGE: usize = 16 * 1_024;

/// What a viewer looks at, and which run of the platform that is.
#[derive(Debug, Clone)]
pub(in crate::api) struct Live {
    pub(in crate::api) hub: Arc<Hub>,
    /// The name of this run: numbers of another one mean nothing here.
    pub(in crate::api) run: Arc<str>,
}

/// What a viewer says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// The version of the protocol that it speaks.
    v: u32,
    /// The run whose numbers `since` has.
    run: Option<String>,
    /// Topics to look at, each with the number that was seen last; 0 for nothing.
    #[serde(default)]
    subscribe: BTreeMap<String, u64>,
    /// Topics to look at no more.
    #[serde(default)]
    unsubscribe: Vec<String>,
}

/// Answers the request for a WebSocket.
pub(in crate::api) fn upgrade(socket: WebSocketUpgrade, live: Live) -> Response {
    socket.max_message_size(MESSAGE).max_frame_size(MESSAGE).on_upgrade(|socket| async move {
        let mut viewer = Viewer { socket, live, seen: BTreeMap::new(), heard: Instant::now(), beat: None };
        // Nobody is left who could be told why it ended.
        let _ended = viewer.serve().await;
        for name in viewer.seen.keys() {
            viewer.live.hub.leave(name);
        }
    })
}

struct Viewer {
    socket: WebSocket,
    live: Live,
    /// The number that was sent last of each topic.
    seen: BTreeMap<String, Option<u64>>,
    heard: Instant,
    /// The round of which it was told last that what it has is current, and when.
    beat: Option<(u64, Instant)>,
}

/// The viewer is gone.
struct Gone;

impl Viewer {
    async fn serve(&mut self) -> Result<(), Gone> {
        let (mut rounds, turn) = (self.live.hub.rounds(), self.live.hub.turn());
        let mut pings = interval(PING);
        self.send(json!({ "type": "hello", "v": PROTOCOL, "run": &*self.live.run }).to_string().into()).await?;
        loop {
            tokio::select! {
                message = self.socket.recv() => self.hear(message.ok_or(Gone)?.map_err(|_| Gone)?).await?,
                round = rounds.changed() => {
                    round.map_err(|_| Gone)?;
                    tokio::time::sleep(turn).await;
                    self.tell().await?;
                    self.beat().await?;
                    tokio::time::sleep(PAUSE).await;
                }
                _ = pings.tick() => {
                    if self.heard.elapsed() > GONE {
                        return Err(Gone);
                    }
                    self.send(Message::Ping(Vec::new().into())).await?;
                }
            }
        }
    }

    /// Tells it now and then that what it has is current.
    async fn beat(&mut self) -> Result<(), Gone> {
        let beats = self.live.hub.beats();
        let is_due = self.beat.is_none_or(|(told, time)| told != beats && time.elapsed() >= BEAT);
        if is_due {
            self.beat = Some((beats, Instant::now()));
            self.send(json!({ "type": "alive" }).to_string().into()).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, message: Message) -> Result<(), Gone> {
        self.heard = Instant::now();
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return self.refuse("expected JSON as text, found a binary message").await,
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(Gone),
        };
        let ask = match serde_json::from_str::<Ask>(&text) {
            Ok(ask) if ask.v == PROTOCOL => ask,
            Ok(ask) => {
                return self.refuse(&format!("expected version {PROTOCOL} of the protocol, found {}", ask.v)).await;
            }
            Err(error) => return self.refuse(&format!("expected `v`, `subscribe`, `unsubscribe`: {error}")).await,
        };
        for name in ask.unsubscribe {
            if self.seen.remove(&name).is_some() {
                self.live.hub.leave(&name);
            }
        }
        let is_same_run = ask.run.as_deref() == Some(&*self.live.run);
        for (name, since) in ask.subscribe {
            let Some(wanted) = Wanted::parse(&name) else {
                self.refuse(&format!("unknown topic `{}`", name.escape_debug())).await?;
                continue;
            };
            if self.seen.len() >= TOPICS && !self.seen.contains_key(&name) {
                self.refuse(&format!("expected at most {TOPICS} topics")).await?;
                break;
            }
            let since = Some(since).filter(|since| is_same_run && *since > 0);
            if self.seen.insert(name.clone(), since).is_none() {
                self.live.hub.enter(&name, wanted.begin(&name));
            }
        }
        self.tell().await
    }

    /// Sends what is newer than what it has.
    async fn tell(&mut self) -> Result<(), Gone> {
        let hub = Arc::clone(&self.live.hub);
        let socket = &mut self.socket;
        let telling = async {
            for (name, seen) in &mut self.seen {
                if let Some((sequence, text)) = hub.since(name, *seen) {
                    socket.feed(Message::Text(text)).await?;
                    *seen = Some(sequence);
                }
            }
            // All topics go with one write.
            socket.flush().await
        };
        timeout(GONE, telling).await.map_err(|_| Gone)?.map_err(|_| Gone)
    }

    async fn refuse(&mut self, detail: &str) -> Result<(), Gone> {
        self.send(json!({ "type": "error", "detail": detail }).to_string().into()).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        timeout(GONE, self.socket.send(message)).await.map_err(|_| Gone)?.map_err(|_| Gone)
    }
}
