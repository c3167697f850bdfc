//! The HTTP server, which runs from before the others start until they have stopped.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::dependency::Lazy;
use di_core::error::BoxError;
use di_core::events::IEventBus;
use di_core::health::{HealthMonitor, HealthRecord, HealthStatus};
use di_core::lifecycle::{Context, Lifecycle};
use tokio::net::TcpListener;

use super::along::Along;
use super::guard::Guard;
use super::patience::{Patient, Peer};
use super::routes::{Sources, router};
use super::session::Session;
use super::starts::Starts;
use super::v1::Api;
use super::{ApiSources, EventTail, Settings};
use crate::api::HttpError;
use crate::ports::{IConfigService, IMetricsService};
use crate::sync::lock;

/// Where it listens unless `http.address` says otherwise: the port of OpenTelemetry's exporter for Prometheus, for this
/// machine only.
const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9_464);

/// How long it goes on answering while others stop. It must be less than the budget of its own stop.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(15);

/// How often it looks whether the others have stopped.
const GLANCE: Duration = Duration::from_millis(10);

/// Answers `/healthz` (liveness), `/readyz` (readiness), `/health` and `/health/SERVICE` (everything, as JSON), `/events`
/// (the event bus, its last events and its dead letters, as JSON) and `/metrics` (Prometheus). Unless `http.page` is off, `/` is the page, and
/// `/api/v1/` has what it shows and does.
///
/// It needs hardly anything and so starts among the first: whoever asks is told that the platform is starting. Its stop
/// waits for the others, so that it can be seen who is still stopping.
///
/// An address that was configured must be free, because somebody will look for the platform there. Nobody asked for the
/// usual one: when it is taken, by a second platform for example, any free port is as good, and the log says which.
pub struct HttpServer {
    settings: Settings,
    metrics: Arc<dyn IMetricsService>,
    bus: Arc<dyn IEventBus>,
    told: Arc<EventTail>,
    sources: Lazy<ApiSources>,
    started: Mutex<Option<Started>>,
}

struct Started {
    address: SocketAddr,
    context: Context,
}

#[di_core::service(lifecycle(stop = "20s"))]
impl HttpServer {
    /// A server that does not listen yet.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        metrics: Arc<dyn IMetricsService>,
        bus: Arc<dyn IEventBus>,
        told: Arc<EventTail>,
        sources: Lazy<ApiSources>,
    ) -> Self {
        let settings = (*config.section::<Settings>()).clone();
        Self { settings, metrics, bus, told, sources, started: Mutex::default() }
    }

    /// Where it listens, once it does.
    pub fn address(&self) -> Option<SocketAddr> {
        lock(&self.started).as_ref().map(|started| started.address)
    }
}

#[di_core::interface]
impl Lifecycle for HttpServer {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        if !self.settings.enabled {
            return Ok(());
        }
        let listener = listen(self.settings.address).await?;
        let address = listener.local_addr().map_err(HttpError::Serve)?;
        let (metrics, bus) = (Arc::clone(&self.metrics), Arc::clone(&self.bus));
        let session = Session::draw()?;
        let guard = Guard::new(address, Arc::clone(&session.token));
        let starts = Arc::new(Starts::default());
        let api = self.settings.page.then(|| Api {
            sources: self.sources.clone(),
            health: context.health(),
            registry: context.registry(),
            session,
            along: Arc::new(Along::default()),
            starts: Arc::clone(&starts),
        });
        let (health, told) = (context.health(), Arc::clone(&self.told));
        let router = router(Sources { health, metrics, bus, told, context: context.clone() }, api, guard);
        let service = router.into_make_service_with_connect_info::<Peer>();
        // The listener is dropped when `stop` has returned; requests that are under way are answered all the same.
        context.spawn("answer requests", async move {
            Ok(axum::serve(Patient::new(listener), service).await.map_err(HttpError::Serve)?)
        });
        let own = context.clone();
        context.spawn("note how long starts took", async move {
            starts.note(&own).await;
            Ok(())
        });
        tracing::info!("http://{address} answers /health, /healthz, /readyz, /events and /metrics");
        if self.settings.page
            && let Ok(sources) = self.sources.get()
        {
            sources.state.answers_at(address);
        }
        *lock(&self.started) = Some(Started { address, context: context.clone() });
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        let started = lock(&self.started).take();
        let Some(Started { context, .. }) = started else { return Ok(()) };
        let (health, probes, time) = (context.health(), context.probes(), context.time());
        let until = time.now() + SHUTDOWN_LIMIT;
        // Who stops the server alone does not want to wait for the others.
        while probes.is_stopping() && time.now() < until && !others_have_stopped(&health, context.service()) {
            time.sleep_until(time.now() + GLANCE).await;
        }
        Ok(())
    }
}

async fn listen(configured: Option<SocketAddr>) -> Result<TcpListener, HttpError> {
    let address = configured.unwrap_or(USUAL);
    let bound = match TcpListener::bind(address).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse && configured.is_none() => {
            tracing::info!("{address} is taken: using any free port");
            TcpListener::bind((address.ip(), 0)).await
        }
        bound => bound,
    };
    bound.map_err(|source| HttpError::Bind { address, source })
}

/// Whether nobody runs any more but `own` and what it needs, which stops after it.
fn others_have_stopped(health: &HealthMonitor, own: &'static str) -> bool {
    let records = health.current();
    let needed = needed_by(own, &records);
    let mut others = records.iter().filter(|record| !needed.contains(record.service));
    others.all(|record| record.status == HealthStatus::Stopped)
}

/// The service itself and all that it depends on.
fn needed_by(service: &'static str, records: &[HealthRecord]) -> BTreeSet<&'static str> {
    let mut needed = BTreeSet::new();
    let mut next = vec![service];
    while let Some(service) = next.pop() {
        if needed.insert(service) {
            let record = records.iter().find(|record| record.service == service);
            next.extend(record.into_iter().flat_map(|record| &record.dependencies));
        }
    }
    needed
}

impl std::fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpServer").field("address", &self.address()).finish_non_exhaustive()
    }
}
