//! Topics that bring nothing, or nothing any more.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use super::{LiveError, Protocol, Rhythm};

/// A topic whose messages come at such a pace is silent when nothing has come for so many times its longest pause.
const FACTOR: u32 = 10;
/// From so few messages a pace cannot be told.
const FEWEST: u64 = 3;

/// When each topic of a connection has brought something.
///
/// How long silence is normal depends on the market: a topic has stopped when it is silent for the time that is allowed, and
/// much longer than it was before.
#[derive(Debug)]
pub(super) struct Watch {
    allowed: Duration,
    opened: Instant,
    all: Heard,
    /// Those that may be silent for days are not among them.
    topics: HashMap<String, (Rhythm, Heard)>,
    /// Those that have said nothing yet.
    unheard: BTreeSet<String>,
    /// Those of which that was told.
    stopped: BTreeSet<String>,
    is_late: bool,
}

/// The longest pause of each topic.
#[derive(Debug, Default)]
pub(super) struct Pauses(HashMap<String, Duration>);

/// What is missing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Nothing has come of any topic for so long.
    Whole(Duration),
    /// These have said something and have stopped, or have never said anything; told once.
    Some { stopped: Vec<String>, unheard: Vec<String> },
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    first: Instant,
    last: Instant,
    count: u64,
    longest: Duration,
}

impl Heard {
    fn new(now: Instant) -> Self {
        Self { first: now, last: now, count: 0, longest: Duration::ZERO }
    }

    fn note(&mut self, now: Instant) {
        if self.count == 0 {
            self.first = now;
        } else {
            self.longest = self.longest.max(now - self.last);
        }
        (self.last, self.count) = (now, self.count + 1);
    }

    /// How long a pause has to be to mean something.
    fn limit(&self, allowed: Duration) -> Duration {
        allowed.max(self.longest.saturating_mul(FACTOR))
    }

    fn has_stopped(&self, rhythm: Rhythm, allowed: Duration, now: Instant) -> bool {
        let limit = self.limit(allowed);
        // People trade in bursts: only what has come for as long shows that it has stopped.
        let is_known = match rhythm {
            Rhythm::Steady => true,
            Rhythm::Trades => self.last - self.first >= limit,
            Rhythm::Rare => false,
        };
        is_known && self.count >= FEWEST && now - self.last >= limit
    }
}

impl Watch {
    pub(super) fn of<P: Protocol>(topics: &[String], allowed: Duration) -> Self {
        let opened = Instant::now();
        let heard = |topic: &String| match P::rhythm(topic) {
            Rhythm::Rare => None,
            rhythm => Some((topic.clone(), (rhythm, Heard::new(opened)))),
        };
        let topics: HashMap<_, _> = topics.iter().filter_map(heard).collect();
        let unheard = topics.keys().cloned().collect();
        let (all, stopped) = (Heard::new(opened), BTreeSet::new());
        Self { allowed, opened, all, topics, unheard, stopped, is_late: false }
    }

    /// The same, with what an earlier connection has learnt of the topics' pauses.
    pub(super) fn with_pauses(mut self, known: &Pauses) -> Self {
        for (topic, (_, heard)) in &mut self.topics {
            heard.longest = known.0.get(topic).copied().unwrap_or_default();
        }
        self
    }

    /// What has been learnt of the topics' pauses.
    pub(super) fn pauses(&self) -> Pauses {
        Pauses(self.topics.iter().map(|(topic, (_, heard))| (topic.clone(), heard.longest)).collect())
    }

    /// How often it is to be looked at.
    pub(super) fn pace(&self) -> Duration {
        self.allowed / 5
    }

    /// Notes a message about the market; true when with it nothing is missed any more.
    pub(super) fn saw<P: Protocol>(&mut self, text: &str) -> bool {
        let now = Instant::now();
        let is_first = self.all.count == 0;
        self.all.note(now);
        let Some((topic, (_, heard))) = P::topic(text).and_then(|topic| Some((topic, self.topics.get_mut(topic)?)))
        else {
            return is_first && self.topics.is_empty();
        };
        let was_known = heard.count > 0;
        heard.note(now);
        if was_known && self.stopped.is_empty() {
            return false;
        }
        let is_back = self.unheard.remove(topic) | self.stopped.remove(topic);
        is_back && self.is_whole()
    }

    /// Whether each topic brings something.
    pub(super) fn is_whole(&self) -> bool {
        self.unheard.is_empty() && self.stopped.is_empty()
    }

    /// When a topic of trades has brought something last; `None` for other topics.
    pub(super) fn last_trades(&self, topic: &str) -> Option<Instant> {
        let (rhythm, heard) = self.topics.get(topic)?;
        (*rhythm == Rhythm::Trades && heard.count > 0).then_some(heard.last)
    }

    /// The topics that have stopped.
    pub(super) fn stopped(&self) -> &BTreeSet<String> {
        &self.stopped
    }

    /// What is missing that was not told before.
    pub(super) fn look(&mut self) -> Option<Silence> {
        let now = Instant::now();
        if now - self.all.last >= self.all.limit(self.allowed) {
            return Some(Silence::Whole(self.all.limit(self.allowed)));
        }
        let unheard = if !self.is_late && now - self.opened >= self.allowed {
            self.is_late = true;
            self.unheard.iter().cloned().collect()
        } else {
            Vec::new()
        };
        let has_stopped = |(topic, (rhythm, heard)): (&String, &(Rhythm, Heard))| {
            (!self.stopped.contains(topic) && heard.has_stopped(*rhythm, self.allowed, now)).then(|| topic.clone())
        };
        let mut stopped: Vec<String> = self.topics.iter().filter_map(has_stopped).collect();
        stopped.sort_unstable();
        self.stopped.extend(stopped.iter().cloned());
        (!(stopped.is_empty() && unheard.is_empty())).then_some(Silence::Some { stopped, unheard })
    }
}

impl Silence {
    /// For people.
    pub(super) fn reason(&self) -> String {
        let among = |topics: &[String], what: &str| {
            topics
                .first()
                .map(|first| format!("{} of the subscriptions bring {what}, among them {first}", topics.len()))
        };
        match self {
            Self::Whole(limit) => LiveError::Silent(*limit).to_string(),
            Self::Some { stopped, unheard } => {
                let said = [among(stopped, "nothing any more"), among(unheard, "nothing")];
                said.into_iter().flatten().collect::<Vec<_>>().join("; ")
            }
        }
    }
}
