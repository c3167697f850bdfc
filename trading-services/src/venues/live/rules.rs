//! The rules of a venue's orders, asked for until the venue has told them, and again after that.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::pace::{LONGEST, Pace};
use super::rest::RestClient;
use super::session::Line;
use super::status::Status;
use super::{Protocol, Request, Settings};
use crate::model::{EventKind, InstrumentId, Symbol};
use crate::ports::ExchangeError;
use crate::venues::parser::Parser;
use crate::venues::wire::Message;

/// Asks for the rules of symbols. They take their place among the messages of the stream: a recording has them, too.
///
/// Venues change steps and smallest sizes while they are traded: each `live.rules_every`, and when a connection was made again,
/// all are asked for once more. Nobody waits for the answers, and they leave room for whoever asks for books: one request at a
/// time, a pause after each, and none while the venue wants to be left alone.
#[derive(Debug)]
pub(super) struct RuleRequests {
    pub(super) rest: Arc<RestClient>,
    pub(super) settings: Arc<Settings>,
    pub(super) status: Arc<Status>,
    pub(super) lines: mpsc::WeakSender<Line>,
    /// Changes when a connection that was lost is made again.
    pub(super) reopened: watch::Receiver<u64>,
    /// The symbols whose rules were told before, with the last ones; without where the venue lists them no longer.
    pub(super) told: BTreeMap<Symbol, Option<String>>,
}

impl RuleRequests {
    /// Ends when nobody reads the stream any more.
    pub(super) async fn run<P: Protocol>(mut self, symbols: Vec<Symbol>) {
        let groups = by_request::<P>(symbols);
        while self.ask_all::<P>(&groups).await && self.wait().await {}
    }

    /// Asks until all is told, or nothing more can be expected; false when nobody reads any more.
    async fn ask_all<P: Protocol>(&mut self, groups: &VecDeque<Vec<Symbol>>) -> bool {
        let (mut waiting, mut pace) = (groups.clone(), Pace::new(&self.settings));
        let mut end = Instant::now() + self.settings.rules_every;
        while let Some(group) = waiting.pop_front() {
            let Some(first) = group.first() else { continue };
            let answer = self.rest.ask::<P>(&Request::Instrument(first), &self.settings).await;
            // Whoever read has gone, or goes.
            let Some(lines) = self.lines.upgrade() else { return false };
            let pause = match answer {
                Ok(body) => {
                    let mut unread = Vec::new();
                    for symbol in group {
                        match told::<P>(&symbol, &body) {
                            Ok(Some(text)) => {
                                self.status.has_rules(&symbol);
                                self.told.insert(symbol, Some(text.clone()));
                                let _ = lines.send(Line::now(text)).await;
                            }
                            Ok(None) => self.unlisted(&symbol, "the venue says nothing of it", &lines).await,
                            Err(detail) => {
                                self.unread(&symbol, &detail);
                                unread.push(symbol);
                            }
                        }
                    }
                    if unread.is_empty() {
                        pace = Pace::new(&self.settings);
                        pace.after_answer()
                    } else {
                        waiting.push_back(unread);
                        // One that stays odd does not keep the others from being asked for again.
                        if Instant::now() >= end || self.reopened.has_changed().unwrap_or_default() {
                            self.reopened.mark_unchanged();
                            (waiting, end) = (groups.clone(), Instant::now() + self.settings.rules_every);
                        }
                        pace.after_unread()
                    }
                }
                Err(error)
                    if matches!(error, ExchangeError::UnknownSymbol { .. } | ExchangeError::Unsupported { .. }) =>
                {
                    for symbol in &group {
                        self.unlisted(symbol, &error.to_string(), &lines).await;
                    }
                    pace.after_answer()
                }
                Err(error) => {
                    for symbol in &group {
                        self.unread(symbol, &error.to_string());
                    }
                    waiting.push_back(group);
                    pace.after_error(&error)
                }
            };
            drop(lines);
            sleep(pause).await;
        }
        true
    }

    /// Until it is time to ask again; false when nobody reads any more.
    async fn wait(&mut self) -> bool {
        let end = Instant::now() + self.settings.rules_every;
        loop {
            let is_reopened = tokio::select! {
                () = sleep_until(end.min(Instant::now() + LONGEST)) => false,
                changed = self.reopened.changed() => changed.is_ok(),
            };
            if self.lines.upgrade().is_none() {
                return false;
            }
            if is_reopened || Instant::now() >= end {
                return true;
            }
        }
    }

    /// The venue does not know a symbol. One that it has told the rules of is halted from now on, which is told in their place.
    async fn unlisted(&mut self, symbol: &Symbol, reason: &str, lines: &mpsc::Sender<Line>) {
        match self.told.get_mut(symbol) {
            None => self.missing(symbol, reason),
            Some(last) => {
                let Some(text) = last.take() else { return };
                self.status.lists_no_longer(symbol);
                tracing::warn!(%symbol, reason, "the venue no longer lists it: it is halted");
                if let Some(text) = halted(&text) {
                    let _ = lines.send(Line::now(text)).await;
                }
            }
        }
    }

    /// The venue does not answer, or not so that it is understood. What was told before holds until something else is.
    fn unread(&self, symbol: &Symbol, reason: &str) {
        if self.told.contains_key(symbol) {
            tracing::debug!(%symbol, reason, "its rules were not told again");
        } else {
            self.missing(symbol, reason);
        }
    }

    fn missing(&self, symbol: &Symbol, reason: &str) {
        if self.status.has_no_rules(symbol, reason) {
            tracing::warn!(%symbol, reason, "its rules are not known: until they are, orders are not fitted to them");
        }
    }
}

/// What an answer says of the rules of a symbol, as it stands among the messages of the stream; nothing where it lists
/// others only, or none. What is not understood is an error: it tells no rules, nor that the symbol is gone.
fn told<P: Protocol>(symbol: &Symbol, body: &str) -> Result<Option<String>, String> {
    let (text, wanted) = (P::instrument(symbol, body), InstrumentId::new(P::VENUE, symbol.clone()));
    let (mut is_told, mut has_rules, mut is_empty, mut wrong) = (false, false, true, None);
    Parser::of(P::VENUE).parse(text.as_deref().unwrap_or(body), |message| {
        is_empty = false;
        match message {
            Ok(Message::Event(instrument, EventKind::Instrument(_))) => {
                has_rules = true;
                is_told |= instrument == wanted;
            }
            Ok(_) => {}
            // The first of them.
            Err(refused) => wrong = wrong.take().or(Some(refused.detail)),
        }
    });
    match text {
        Some(text) if is_told => Ok(Some(text)),
        // A row of a list that is odd does not hide that the others are another's.
        None if has_rules || is_empty => Ok(None),
        _ => Err(format!("expected {}", wrong.unwrap_or_else(|| format!("the rules of {symbol}, found none")))),
    }
}

/// The rules of a symbol as they were told last, with a status that no venue has: all but that of trading is a halt.
fn halted(told: &str) -> Option<String> {
    fn halt(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                if fields.contains_key("symbol")
                    && let Some(status) = fields.get_mut("status")
                {
                    *status = Value::from("UNLISTED");
                }
                fields.values_mut().for_each(halt);
            }
            Value::Array(values) => values.iter_mut().for_each(halt),
            _ => {}
        }
    }
    let mut body = serde_json::from_str(told).ok()?;
    halt(&mut body);
    Some(body.to_string())
}

/// The symbols whose rules come with one answer are together.
fn by_request<P: Protocol>(symbols: Vec<Symbol>) -> VecDeque<Vec<Symbol>> {
    let mut groups: Vec<(Option<String>, Vec<Symbol>)> = Vec::new();
    for symbol in symbols {
        let path = P::path(&Request::Instrument(&symbol));
        match groups.iter_mut().find(|(known, _)| *known == path) {
            Some((_, group)) => group.push(symbol),
            None => groups.push((path, vec![symbol])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}
