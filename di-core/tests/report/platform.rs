//! A container with everything in it, for the tests.

use std::sync::Arc;

use di_core::dependency::{Factory, Lazy, Many};
use di_core::{container, interface, service};

#[interface]
pub(crate) trait IClock {}

#[interface]
pub(crate) trait IExchange {}

#[interface]
pub(crate) trait IAlerts {}

#[interface]
pub(crate) trait IChannel {}

#[interface]
pub(crate) trait ICache {}

pub(crate) struct Settings;

pub(crate) struct Backup;

#[service(provides = IClock)]
pub(crate) struct SystemClock;

impl IClock for SystemClock {}

pub(crate) struct Bybit;

#[service(provides = IExchange)]
impl Bybit {
    #[constructor]
    async fn connect(_clock: Arc<dyn IClock>, _settings: Arc<Settings>) -> Result<Self, std::io::Error> {
        Ok(Self)
    }
}

impl IExchange for Bybit {}

#[service(provides = IExchange)]
pub(crate) struct Simulated;

impl IExchange for Simulated {}

#[service]
#[expect(dead_code, reason = "only the graph is looked at")]
pub(crate) struct Market {
    exchange: Arc<Bybit>,
    #[inject(qualified = Backup)]
    backup: Arc<dyn IExchange>,
    cache: Option<Arc<dyn ICache>>,
    alerts: Lazy<dyn IAlerts>,
    orders: Factory<Order>,
}

#[service]
#[expect(dead_code, reason = "only the graph is looked at")]
pub(crate) struct Order {
    clock: Arc<dyn IClock>,
}

#[service]
pub(crate) struct LogChannel;

impl IChannel for LogChannel {}

#[service]
pub(crate) struct MailChannel;

impl IChannel for MailChannel {}

#[service(provides = IAlerts)]
#[expect(dead_code, reason = "only the graph is looked at")]
pub(crate) struct AlertManager {
    clock: Arc<dyn IClock>,
    channels: Many<dyn IChannel>,
}

impl IAlerts for AlertManager {}

#[container(provides = IAlerts)]
pub(crate) struct Alerting {
    #[inherit]
    clock: Arc<dyn IClock>,
    #[many(dyn IChannel, key = "log")]
    log: LogChannel,
    #[many(dyn IChannel, key = "mail")]
    mail: MailChannel,
    alerts: AlertManager,
}

#[service]
#[expect(dead_code, reason = "only the graph is looked at")]
pub(crate) struct Watch {
    alerts: Arc<dyn IAlerts>,
}

#[container]
pub(crate) struct Session {
    #[inherit]
    alerts: Arc<dyn IAlerts>,
    watch: Watch,
}

#[container]
#[absent(dyn ICache)]
pub(crate) struct Platform {
    #[input]
    settings: Settings,
    clock: SystemClock,
    exchange: Bybit,
    #[qualified(Backup)]
    backup: Simulated,
    market: Market,
    #[transient]
    order: Order,
    #[module]
    alerting: Alerting,
    #[scope]
    session: Session,
}
