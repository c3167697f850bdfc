//! One WebSocket to a venue: TLS, and limits of what may come and of how long that may take.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::{LiveError, Protocol, Settings};

/// A message, shared and not copied.
pub(super) type Text = Utf8Bytes;

/// No message of a venue is longer; a server that sends more must not fill the memory.
const LONGEST: usize = 16 * 1024 * 1024;

/// Roots and provider are the same for all connections.
static TLS: LazyLock<Option<Arc<ClientConfig>>> = LazyLock::new(|| {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
});

/// How long a venue that takes nothing more is waited for when we go.
const GOODBYE: Duration = Duration::from_millis(200);

/// A connection.
pub(super) struct Socket {
    inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// How long the venue may take to take a message.
    limit: Duration,
}

impl Socket {
    /// Connects to the path.
    pub(super) async fn open<P: Protocol>(path: &str, settings: &Settings) -> Result<Self, LiveError> {
        let limit = settings.connect_timeout;
        let address = format!("{}{path}", P::endpoints(settings).stream);
        let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
        let connector = match &*TLS {
            Some(tls) => Connector::Rustls(Arc::clone(tls)),
            None => return Err(LiveError::Connect("TLS is not available".to_owned())),
        };
        let connecting = connect_async_tls_with_config(&address, Some(config), true, Some(connector));
        let (inner, _) = timeout(limit, connecting)
            .await
            .map_err(|_| LiveError::TimedOut { what: "expected a connection", limit })?
            .map_err(|error| denied(&error, settings).unwrap_or_else(|| LiveError::Connect(error.to_string())))?;
        Ok(Self { inner, limit })
    }

    /// Sends a text.
    pub(super) async fn send(&mut self, text: &str) -> Result<(), LiveError> {
        let limit = self.limit;
        let sent = timeout(limit, self.inner.send(Message::text(text))).await;
        sent.map_err(|_| LiveError::TimedOut { what: "expected the venue to take a message", limit })?
            .map_err(|error| LiveError::Broken(error.to_string()))
    }

    /// The next message; `None` for what only shows that the venue is there. Pings are answered.
    pub(super) async fn next(&mut self) -> Result<Option<Text>, LiveError> {
        match self.inner.next().await {
            Some(Ok(Message::Text(text))) => Ok(Some(text)),
            // No venue sends any; it is handed on, to be counted as unreadable.
            Some(Ok(Message::Binary(bytes))) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned().into())),
            Some(Ok(Message::Close(_))) | None => Err(LiveError::Closed),
            Some(Ok(Message::Ping(_))) => {
                // The answer is queued by the library; flushing sends it.
                self.inner.flush().await.map_err(|error| LiveError::Broken(error.to_string()))?;
                Ok(None)
            }
            Some(Ok(_)) => Ok(None),
            Some(Err(error)) => Err(LiveError::Broken(error.to_string())),
        }
    }

    /// Says goodbye; nobody waits for the answer.
    pub(super) async fn close(mut self) {
        let _ = timeout(GOODBYE, self.inner.close(None)).await;
    }
}

/// What the venue has answered instead of letting us in. Who was there too often, or is banned, waits at least for the longest
/// pause, even where the answer does not say how long.
fn denied(error: &tungstenite::Error, settings: &Settings) -> Option<LiveError> {
    let tungstenite::Error::Http(answer) = error else { return None };
    let status = answer.status().as_u16();
    let said = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let is_limit = matches!(status, 403 | 418 | 429);
    let retry_after = said.map(Duration::from_secs).or(is_limit.then_some(settings.longest_pause));
    // A venue that asks for more than a day is asked once a day.
    Some(LiveError::Denied { status, retry_after: retry_after.map(|pause| pause.min(Duration::from_secs(86_400))) })
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Socket").field("limit", &self.limit).finish_non_exhaustive()
    }
}
