//! One stream of several venues: the first of the order that is well, and back to a better one when it is.

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, Stream, StreamExt};
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::model::{EventKind, InstrumentId, MarketEvent, Symbol};
use crate::ports::{EventStream, ExchangeError, IExchange, IExchangeManager};
use crate::venues;

/// A venue with its stream, and what it has said already.
type Found = (usize, Arc<dyn IExchange>, EventStream, Vec<MarketEvent>);

/// The events of the first venue of an order that is well.
///
/// With one venue it is that venue's stream. With several, a venue that fails or says nothing about the market for the
/// time-out is left for the first of the others that does, and a venue that stands before the one in use is tried again
/// after the same time. The books of a venue that was left are none any more.
pub(super) struct Failover {
    exchanges: Arc<dyn IExchangeManager>,
    order: Vec<String>,
    symbols: Vec<Symbol>,
    timeout: Duration,
    current: usize,
    venue: Arc<dyn IExchange>,
    stream: EventStream,
    /// The venue in use has failed, or is silent.
    is_dead: bool,
    /// The stream has ended with an error: nothing more can come of it.
    has_failed: bool,
    /// Until the venue in use counts as silent.
    silence: Pin<Box<Sleep>>,
    /// Until better venues are tried again.
    trial_due: Pin<Box<Sleep>>,
    trial: Option<BoxFuture<'static, Option<Found>>>,
    /// What the venue in use has said something about.
    named: BTreeSet<InstrumentId>,
    waiting: VecDeque<MarketEvent>,
}

impl Failover {
    /// Begins with the stream of `venue`, one of the order.
    pub(super) fn new(
        exchanges: Arc<dyn IExchangeManager>,
        settings: &venues::Settings,
        venue: Arc<dyn IExchange>,
        stream: EventStream,
    ) -> Self {
        let (order, symbols, timeout) = (&settings.order, &settings.symbols, settings.heartbeat_timeout);
        let current = order.iter().position(|name| name == venue.name()).unwrap_or(0);
        Self {
            exchanges,
            order: order.clone(),
            symbols: symbols.clone(),
            timeout,
            current,
            venue,
            stream,
            is_dead: false,
            has_failed: false,
            silence: Box::pin(sleep(timeout)),
            trial_due: Box::pin(sleep(timeout)),
            trial: None,
            named: BTreeSet::new(),
            waiting: VecDeque::new(),
        }
    }

    /// The venue whose events come now.
    pub(super) fn venue(&self) -> &Arc<dyn IExchange> {
        &self.venue
    }

    /// The venues that may take the place of the one in use, in their order.
    fn others(&self) -> Vec<(usize, Arc<dyn IExchange>)> {
        let is_better = |index: usize| if self.is_dead { index != self.current } else { index < self.current };
        let names = self.order.iter().enumerate().filter(|(index, _)| is_better(*index));
        names.filter_map(|(index, name)| Some((index, self.exchanges.exchange(name).ok()?))).collect()
    }

    /// Looks for a venue that says something about the market.
    fn begin_trial(&mut self) {
        let (others, symbols, limit) = (self.others(), self.symbols.clone(), self.timeout);
        self.trial = Some(
            async move {
                for (index, venue) in others {
                    if let Ok(Some((stream, said))) = timeout(limit, first_words(&*venue, &symbols)).await {
                        return Some((index, venue, stream, said));
                    }
                }
                None
            }
            .boxed(),
        );
    }

    fn change(&mut self, (index, venue, stream, said): Found) {
        tracing::warn!(from = self.venue.name(), to = venue.name(), "the messages come from another venue now");
        metrics::counter!("venue_failovers_total", "venue" => venue.name()).increment(1);
        (self.current, self.venue, self.stream) = (index, venue, stream);
        (self.is_dead, self.has_failed) = (false, false);
        // Nothing more is heard of the one before: its books would stay as they were, and look valid.
        let received = said.first().map(|event| event.received).unwrap_or_default();
        let left = |instrument| MarketEvent { instrument, received, kind: EventKind::Left };
        self.waiting.extend(std::mem::take(&mut self.named).into_iter().map(left));
        self.name_all(&said);
        self.waiting.extend(said);
        self.silence.as_mut().reset(Instant::now() + self.timeout);
    }

    /// Remembers what the venue in use speaks of.
    fn name_all<'a>(&mut self, events: impl IntoIterator<Item = &'a MarketEvent>) {
        for MarketEvent { instrument, .. } in events {
            if !instrument.is_whole() && !self.named.contains(instrument) {
                self.named.insert(instrument.clone());
            }
        }
    }

    fn poll_current(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<MarketEvent, ExchangeError>>> {
        if self.is_dead {
            return Poll::Pending;
        }
        match self.stream.poll_next_unpin(context) {
            Poll::Ready(Some(Ok(event))) => {
                if event.is_about_the_market() {
                    self.silence.as_mut().reset(Instant::now() + self.timeout);
                }
                self.name_all([&event]);
                Poll::Ready(Some(Ok(event)))
            }
            // A recording is over: that is the end, and no failure.
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => {
                self.has_failed = true;
                self.give_up(&error.to_string());
                Poll::Pending
            }
            Poll::Pending => {
                if self.silence.poll_unpin(context).is_ready() {
                    self.give_up("it says nothing");
                }
                Poll::Pending
            }
        }
    }

    fn give_up(&mut self, reason: &str) {
        tracing::warn!(venue = self.venue.name(), reason, "another venue is looked for");
        self.exchanges.record_error(self.venue.name());
        self.is_dead = true;
        self.trial = None;
        self.trial_due.as_mut().reset(Instant::now());
    }
}

impl Stream for Failover {
    type Item = Result<MarketEvent, ExchangeError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.order.len() < 2 {
            return this.stream.poll_next_unpin(context);
        }
        loop {
            if let Some(event) = this.waiting.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            if let Poll::Ready(event) = this.poll_current(context) {
                return Poll::Ready(event);
            }
            if this.trial.is_none() {
                let is_due = this.trial_due.poll_unpin(context).is_ready();
                if !is_due || !(this.is_dead || this.current > 0) {
                    return Poll::Pending;
                }
                this.trial_due.as_mut().reset(Instant::now() + this.timeout);
                this.begin_trial();
            }
            let Some(trial) = &mut this.trial else { return Poll::Pending };
            let Poll::Ready(found) = trial.poll_unpin(context) else { return Poll::Pending };
            this.trial = None;
            match found {
                Some(found) => this.change(found),
                // None is well. The one in use may be again: its connections heal themselves.
                None => {
                    this.is_dead = this.has_failed;
                    this.silence.as_mut().reset(Instant::now() + this.timeout);
                }
            }
        }
    }

    /// At least what waits, and what the venue in use has read already.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let read = if self.is_dead { 0 } else { self.stream.size_hint().0 };
        (self.waiting.len() + read, None)
    }
}

/// Opens the stream, and waits until it says something about the market.
async fn first_words(venue: &dyn IExchange, symbols: &[Symbol]) -> Option<(EventStream, Vec<MarketEvent>)> {
    let mut stream = venue.subscribe(symbols).await.ok()?;
    let mut said = Vec::new();
    loop {
        let event = stream.next().await?.ok()?;
        let is_enough = event.is_about_the_market();
        said.push(event);
        if is_enough {
            return Some((stream, said));
        }
    }
}

impl std::fmt::Debug for Failover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Failover")
            .field("order", &self.order)
            .field("venue", &self.venue.name())
            .finish_non_exhaustive()
    }
}
