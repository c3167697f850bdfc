//! One WebSocket to a venue: TLS, limits of what may come, subscriptions at the venue's pace.

use std::sync::{Arc, LazyLock};

use futures::{SinkExt, StreamExt};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
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

/// A connection whose subscriptions were sent.
pub(super) struct Socket {
    inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// How many of our requests were not answered yet.
    pub(super) unanswered: usize,
}

impl Socket {
    /// Connects to the path, and subscribes to the topics.
    pub(super) async fn open<P: Protocol>(
        path: &str,
        topics: &[String],
        settings: &Settings,
    ) -> Result<Self, LiveError> {
        let limit = settings.connect_timeout;
        let address = format!("{}{path}", P::endpoints(settings).stream);
        let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
        let connector = match &*TLS {
            Some(tls) => Connector::Rustls(Arc::clone(tls)),
            None => return Err(LiveError::Connect("TLS is not available".to_owned())),
        };
        let connecting = connect_async_tls_with_config(&address, Some(config), true, Some(connector));
        let (inner, _) = tokio::time::timeout(limit, connecting)
            .await
            .map_err(|_| LiveError::TimedOut { what: "expected a connection", limit })?
            .map_err(|error| LiveError::Connect(error.to_string()))?;
        let mut socket = Self { inner, unanswered: 0 };
        let mut is_first = true;
        for message in P::subscriptions(topics, false) {
            if !is_first {
                tokio::time::sleep(P::PACE).await;
            }
            is_first = false;
            socket.send(&message).await?;
            socket.unanswered += 1;
        }
        Ok(socket)
    }

    /// Sends a text.
    pub(super) async fn send(&mut self, text: &str) -> Result<(), LiveError> {
        self.inner.send(Message::text(text)).await.map_err(|error| LiveError::Broken(error.to_string()))
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
        let _ = self.inner.close(None).await;
    }
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Socket").field("unanswered", &self.unanswered).finish_non_exhaustive()
    }
}
