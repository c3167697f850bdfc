//! The command `alerts`: what was raised, who has seen it, and what has to be delivered again.

use std::io::{Write, stdout};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use di_core::container;
use di_core::prelude::*;
use serde_json::{Value, json};
use trading_services::config::{ConfigManager, Overrides, Settings, load};
use trading_services::monitoring::channels::{FileChannel, LogChannel, WebhookChannel};
use trading_services::ports::{AlertDelivery, ChannelError, IAlertChannel, KeptAlert};
use trading_services::store::StoreError;

use crate::commands::Failure;
use crate::logging::{self, LogFormat};
use crate::store::StoreArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsCommand {
    /// Print alerts with what became of them, the newest first.
    List {
        #[command(flatten)]
        store: StoreArgs,
        #[command(flatten)]
        which: Which,
        /// How.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Say that alerts were seen. A platform that runs with `http.enabled` is told on its page, another one is stopped first.
    Ack {
        #[command(flatten)]
        store: StoreArgs,
        /// The numbers of the alerts.
        #[arg(required = true)]
        ids: Vec<u64>,
        /// Who has seen them; by default the user of the system.
        #[arg(long)]
        by: Option<String>,
        /// How it is said.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Deliver the alerts again that a channel could not deliver or has not delivered yet, with the channels of the settings.
    Resend {
        #[command(flatten)]
        store: StoreArgs,
        /// Only these; by default all that are dead.
        ids: Vec<u64>,
        /// How long each delivery is waited for, where a receiver wants to be asked later.
        #[arg(long, default_value = "30s", value_parser = humantime::parse_duration)]
        patience: Duration,
        /// How it is said.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// How many at most.
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Only those that nobody has seen.
    #[arg(long)]
    unseen: bool,
    /// Only those that a channel could not deliver, or has not yet.
    #[arg(long)]
    dead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people.
    Text,
    /// JSON.
    Json,
}

/// The channels of the settings, and nothing else of the platform.
#[container]
struct Channels {
    #[input]
    settings: Arc<Settings>,
    config: ConfigManager,
    #[many(dyn IAlertChannel, key = "log")]
    log: LogChannel,
    #[many(dyn IAlertChannel, key = "file")]
    file: FileChannel,
    #[many(dyn IAlertChannel, key = "webhook")]
    webhook: WebhookChannel,
}

pub(crate) async fn run(command: AlertsCommand) -> Result<(), Failure> {
    let _tail = logging::begin(false, LogFormat::Human);
    match command {
        AlertsCommand::List { store, which, format } => list(&store, &which, format).await,
        AlertsCommand::Ack { store, ids, by, format } => acknowledge(&store, &ids, by, format).await,
        AlertsCommand::Resend { store, ids, patience, format } => resend(&store, &ids, patience, format).await,
    }
}

async fn list(store: &StoreArgs, which: &Which, format: Format) -> Result<(), Failure> {
    let most = if which.unseen || which.dead { usize::MAX } else { which.limit };
    let mut alerts = store.admin()?.alerts(most).await?;
    alerts.retain(|kept| (!which.unseen || kept.acknowledged.is_none()) && (!which.dead || kept.is_dead()));
    alerts.truncate(which.limit);
    let mut out = stdout().lock();
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut out, &alerts)?;
        writeln!(out)?;
    } else {
        for alert in &alerts {
            writeln!(out, "{alert}")?;
        }
    }
    Ok(out.flush()?)
}

async fn acknowledge(store: &StoreArgs, ids: &[u64], by: Option<String>, format: Format) -> Result<(), Failure> {
    let admin = store.admin()?;
    let user = || std::env::var("USER").ok().filter(|user| !user.is_empty());
    let by = by.or_else(user).unwrap_or_else(|| "somebody".to_owned());
    let (mut acknowledged, mut unknown) = (Vec::new(), Vec::new());
    for id in ids {
        if admin.acknowledge(*id, &by).await.map_err(held)? {
            acknowledged.push(*id);
            if format == Format::Text {
                writeln!(stdout(), "{id} acknowledged by {by}")?;
            }
        } else {
            unknown.push(id.to_string());
        }
    }
    if format == Format::Json {
        writeln!(stdout(), "{}", json!({ "by": by, "acknowledged": acknowledged }))?;
    }
    if unknown.is_empty() {
        return Ok(());
    }
    Err(format!("expected the numbers of alerts, found {}, which `alerts list` does not have", unknown.join(", "))
        .into())
}

/// Those of some numbers that no alert has which still has to be delivered.
fn not_dead(ids: &[u64], dead: &[KeptAlert]) -> Option<Failure> {
    let others: Vec<String> =
        ids.iter().filter(|id| dead.iter().all(|kept| kept.alert.id != **id)).map(u64::to_string).collect();
    let found = others.join(", ");
    (!others.is_empty()).then(|| {
        format!("expected the numbers of alerts of `alerts list --dead`, found {found}: nothing was sent").into()
    })
}

/// A platform that runs knows by itself who has seen what: it has to be told, and not its state. Who holds the state may as
/// well be another command.
fn held(error: StoreError) -> Failure {
    match error {
        StoreError::Held { path, holder, .. } => {
            let folder = path.display();
            format!(
                "{folder}: expected a state that nobody else writes, but {holder} does. If it is a platform that runs, \
                 acknowledge it on its page, or by `POST /api/v1/alerts/ID/acknowledge` with the header `x-csrf-token`; with \
                 `http.enabled = false` it has neither, and has to be stopped first. If it is another command, try again \
                 when that has ended"
            )
            .into()
        }
        other => other.into(),
    }
}

async fn resend(store: &StoreArgs, ids: &[u64], patience: Duration, format: Format) -> Result<(), Failure> {
    let admin = store.admin()?;
    let settings = Arc::new(load(store.config.as_deref(), &Overrides::default())?);
    let (escalation, after) = (settings.alerts.escalate_to.clone(), settings.alerts.escalate_after);
    let container = Channels::build(ChannelsInputs { settings })?;
    let channels = container.many::<dyn IAlertChannel>();
    let mut dead: Vec<KeptAlert> = admin.alerts(usize::MAX).await?.into_iter().filter(KeptAlert::is_dead).collect();
    if let Some(failure) = not_dead(ids, &dead) {
        return Err(failure);
    }
    dead.retain(|kept| ids.is_empty() || ids.contains(&kept.alert.id));
    dead.reverse();
    let (mut sent, mut failed, mut said) = (0, Vec::new(), Vec::new());
    for KeptAlert { alert, deliveries, .. } in &dead {
        for delivery in deliveries.iter().filter(|delivery| delivery.is_undelivered()) {
            let (name, alert) = match delivery.channel.as_str() {
                AlertDelivery::ESCALATION => (escalation.as_deref(), alert.escalate(after.unwrap_or_default())),
                name => (Some(name), alert.clone()),
            };
            let enabled = name.and_then(|name| channels.iter().find(|one| one.name() == name && one.is_enabled()));
            let outcome = match (enabled, name) {
                (Some(channel), _) => {
                    let outcome = channel.deliver_within(&alert, patience).await;
                    let has_spoken = !matches!(outcome, Err(ChannelError::Late { .. }));
                    let outcome = outcome.map_err(|error| error.to_string());
                    // What a channel owes that has not spoken, it owes as before.
                    if has_spoken {
                        let error = outcome.as_ref().err().map(String::as_str);
                        admin.redelivered(alert.id, &delivery.channel, error).await?;
                    }
                    outcome
                }
                // Nobody was asked: it is owed as before.
                (None, Some(name)) => Err(format!("these settings have no channel `{name}`")),
                (None, None) => Err("these settings have no `alerts.escalate_to`".to_owned()),
            };
            let error = outcome.as_ref().err();
            said.push(json!({ "alert": alert.id, "channel": delivery.channel, "error": error }));
            match outcome {
                Ok(()) => sent += 1,
                Err(error) => failed.push(format!("alert {}: {error}", alert.id)),
            }
        }
    }
    match format {
        Format::Text => writeln!(stdout(), "{sent} delivered, {} still dead", failed.len())?,
        Format::Json => writeln!(stdout(), "{}", Value::from(said))?,
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
}
