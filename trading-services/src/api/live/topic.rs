//! One topic of the live page: its state, and which part of it is newer than what a viewer has.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// What a topic is made of.
#[derive(Debug)]
enum Content {
    /// Named fields, each with the number of its last change.
    Fields(BTreeMap<String, (u64, Box<RawValue>)>),
    /// Rows in the order of their last change, or of their numbers; one with the key of an earlier row takes its place.
    Rows { rows: VecDeque<Row>, capacity: usize, old: Old },
}

/// What becomes of old rows when there are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Old {
    /// The oldest one is dropped.
    Dropped,
    /// They stand further apart, and the first one stays.
    Thinned,
    /// The one of the lowest number is dropped, whichever changed last; they are in the order of their numbers.
    Lowest,
}

#[derive(Debug)]
struct Row {
    key: String,
    /// The key as a number, where rows are in the order of their numbers; otherwise the sequence.
    place: u64,
    sequence: u64,
    text: Box<RawValue>,
}

/// A topic. Its number rises with each change; a viewer who has seen one number gets all that is newer, once.
#[derive(Debug)]
pub(super) struct Topic {
    sequence: u64,
    /// What is older than this was dropped: who has seen less gets everything.
    dropped: u64,
    content: Content,
}

/// What a viewer is sent of a topic.
#[derive(Debug, Serialize)]
pub(super) struct Update<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    topic: &'a str,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<BTreeMap<&'a str, &'a RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<&'a RawValue>>,
    /// How many rows there are at most: a viewer keeps no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<usize>,
}

impl Topic {
    pub(super) fn of_fields() -> Self {
        Self { sequence: 0, dropped: 0, content: Content::Fields(BTreeMap::new()) }
    }

    /// The last so many rows. That there are none yet is a state, too.
    pub(super) fn of_rows(capacity: usize) -> Self {
        let content = Content::Rows { rows: VecDeque::new(), capacity, old: Old::Dropped };
        Self { sequence: 1, dropped: 0, content }
    }

    /// The so many rows whose keys are the highest numbers.
    pub(super) fn of_numbers(capacity: usize) -> Self {
        let content = Content::Rows { rows: VecDeque::new(), capacity, old: Old::Lowest };
        Self { sequence: 1, dropped: 0, content }
    }

    /// No more than so many points of a curve, from its first one on.
    pub(super) fn of_points(capacity: usize) -> Self {
        let content = Content::Rows { rows: VecDeque::new(), capacity, old: Old::Thinned };
        Self { sequence: 1, dropped: 0, content }
    }

    /// The same with numbers after those of others: who has seen one of theirs gets everything.
    pub(super) fn after(mut self, number: u64) -> Self {
        self.sequence += number;
        self.dropped = number + 1;
        self
    }

    /// Whether nothing was said of it yet.
    pub(super) fn is_blank(&self) -> bool {
        matches!(&self.content, Content::Fields(known) if known.is_empty())
    }

    pub(super) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Whether there is a row of that key.
    pub(super) fn has_row(&self, key: &str) -> bool {
        matches!(&self.content, Content::Rows { rows, .. } if rows.iter().any(|row| row.key == key))
    }

    /// Sets fields; those that are as they were do not count as a change.
    pub(super) fn set(&mut self, fields: &impl Serialize) {
        let Content::Fields(known) = &mut self.content else { return };
        let Some(fields) = to_raw_value(fields).ok().and_then(|text| {
            let fields: Option<BTreeMap<String, Box<RawValue>>> = serde_json::from_str(text.get()).ok();
            fields
        }) else {
            return;
        };
        let next = self.sequence + 1;
        for (name, value) in fields {
            if known.get(&name).is_none_or(|(_, before)| before.get() != value.get()) {
                known.insert(name, (next, value));
                self.sequence = next;
            }
        }
    }

    /// Adds a row, or changes the one of that key; a row that is as it was does not count as a change.
    pub(super) fn put(&mut self, key: &str, row: &impl Serialize) {
        let (Content::Rows { rows, capacity, old }, Ok(text)) = (&mut self.content, to_raw_value(row)) else { return };
        let next = self.sequence + 1;
        let place = if *old == Old::Lowest { key.parse().unwrap_or(next) } else { next };
        // What changes is among the last ones, mostly.
        if let Some(known) = rows.iter().rposition(|row| row.key == key) {
            if rows.get(known).is_some_and(|row| row.text.get() == text.get()) {
                return;
            }
            rows.remove(known);
        }
        if rows.len() >= *capacity {
            match old {
                // It is older than all that are shown, and takes the place of none.
                Old::Lowest if rows.front().is_some_and(|row| place < row.place) => return,
                Old::Dropped | Old::Lowest => {
                    self.dropped = rows.pop_front().map_or(self.dropped, |row| self.dropped.max(row.sequence));
                }
                Old::Thinned => thin(rows, *capacity / 2),
            }
        }
        self.sequence = next;
        let at = rows.iter().rposition(|row| row.place < place).map_or(0, |before| before + 1);
        rows.insert(at, Row { key: key.to_owned(), place, sequence: next, text });
    }

    /// The key of its last row.
    pub(super) fn last_key(&self) -> Option<&str> {
        let Content::Rows { rows, .. } = &self.content else { return None };
        rows.back().map(|row| row.key.as_str())
    }

    /// Forgets its rows: those that follow are all there are.
    pub(super) fn clear(&mut self) {
        if let Content::Rows { rows, .. } = &mut self.content {
            rows.clear();
            self.sequence += 1;
            self.dropped = self.sequence;
        }
    }

    /// What is newer than `seen`; everything for a viewer who has seen nothing, or too little. `None` when nothing is.
    pub(super) fn since<'a>(&'a self, name: &'a str, seen: Option<u64>) -> Option<Update<'a>> {
        let seen = seen.filter(|seen| *seen >= self.dropped && *seen <= self.sequence);
        if seen == Some(self.sequence) {
            return None;
        }
        let (kind, after) = seen.map_or(("snapshot", 0), |seen| ("change", seen));
        let mut update = Update { kind, topic: name, seq: self.sequence, fields: None, rows: None, most: None };
        match &self.content {
            Content::Fields(fields) => {
                let newer = fields.iter().filter(|(_, (sequence, _))| *sequence > after);
                update.fields = Some(newer.map(|(name, (_, value))| (name.as_str(), &**value)).collect());
            }
            Content::Rows { rows, capacity, .. } => {
                update.most = Some(*capacity);
                update.rows = Some(rows.iter().filter(|row| row.sequence > after).map(|row| &*row.text).collect());
            }
        }
        Some(update)
    }
}

/// Leaves one row of each of so many parts at most, from the first row on. Twice as many parts have the same borders and more, so
/// that rows that stay now stay when there are more of them.
fn thin(rows: &mut VecDeque<Row>, parts: usize) {
    let (Some(first), Some(last)) = (rows.front(), rows.back()) else { return };
    let (begin, span) = (first.sequence, last.sequence - first.sequence);
    let parts = u64::try_from(parts).unwrap_or(u64::MAX).max(1);
    let length = (span + 1).div_ceil(parts).next_power_of_two().max(2);
    let mut before = None;
    rows.retain(|row| before.replace((row.sequence - begin) / length) != Some((row.sequence - begin) / length));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(topic: &Topic, seen: Option<u64>) -> Value {
        serde_json::to_value(topic.since("t", seen)).unwrap()
    }

    #[test]
    fn a_viewer_gets_each_field_that_changed_once_and_in_its_last_state() {
        let mut topic = Topic::of_fields();
        topic.set(&json!({"a": 1, "b": 1}));
        assert_eq!(told(&topic, None), json!({"type": "snapshot", "topic": "t", "seq": 1, "fields": {"a": 1, "b": 1}}));
        topic.set(&json!({"a": 1, "b": 2}));
        topic.set(&json!({"a": 1, "b": 3}));
        assert_eq!(told(&topic, Some(1)), json!({"type": "change", "topic": "t", "seq": 3, "fields": {"b": 3}}));
        topic.set(&json!({"b": 3}));
        assert_eq!(told(&topic, Some(3)), Value::Null, "nothing has changed");
    }

    #[test]
    fn a_viewer_gets_the_rows_that_are_newer_and_one_who_was_away_too_long_gets_them_all() {
        let mut topic = Topic::of_rows(2);
        topic.put("1", &"one");
        topic.put("2", &"two");
        assert_eq!(told(&topic, Some(2))["rows"], json!(["two"]));
        topic.put("1", &"one, changed");
        assert_eq!(told(&topic, Some(3))["rows"], json!(["one, changed"]));
        assert_eq!(told(&topic, None)["rows"], json!(["two", "one, changed"]));
        topic.put("3", &"three");
        assert_eq!(told(&topic, Some(4))["type"], "change");
        assert_eq!(
            told(&topic, Some(1)),
            json!({
                "type": "snapshot", "topic": "t", "seq": 5, "rows": ["one, changed", "three"], "most": 2
            })
        );
    }

    #[test]
    fn a_number_of_the_future_is_that_of_another_run() {
        let mut topic = Topic::of_rows(2);
        topic.put("1", &"one");
        assert_eq!(told(&topic, Some(99))["type"], "snapshot");
    }

    #[test]
    fn a_curve_of_any_length_keeps_its_beginning_and_even_distances() {
        let mut topic = Topic::of_points(100);
        for time in 0..100_000 {
            topic.put(&time.to_string(), &time);
        }
        let rows = told(&topic, None)["rows"].clone();
        let times: Vec<u64> = rows.as_array().unwrap().iter().map(|time| time.as_u64().unwrap()).collect();
        assert_eq!((times[0], *times.last().unwrap()), (0, 99_999));
        assert!((25..=100).contains(&times.len()), "{}", times.len());
        let widest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(widest <= 100_000 / 25, "{widest}: {times:?}");
    }

    #[test]
    fn a_row_of_an_old_number_that_changes_takes_the_place_of_no_newer_one() {
        let mut topic = Topic::of_numbers(3);
        for number in 7..=11 {
            topic.put(&number.to_string(), &json!(number));
        }
        assert_eq!(told(&topic, None)["rows"], json!([9, 10, 11]));
        let seen = topic.sequence();
        topic.put("8", &"older than all that are shown");
        assert_eq!(told(&topic, Some(seen)), Value::Null);
        // What changes is told and stays where it is; the next one pushes the lowest number out, not what changed longest ago.
        topic.put("9", &"nine, changed");
        assert_eq!(told(&topic, Some(seen))["rows"], json!(["nine, changed"]));
        topic.put("12", &12);
        assert_eq!(told(&topic, None)["rows"], json!([10, 11, 12]));
    }

    #[test]
    fn rows_that_are_replaced_as_a_whole_are_a_snapshot_for_everybody() {
        let mut topic = Topic::of_rows(3);
        topic.put("1", &"one");
        let seen = topic.sequence();
        topic.clear();
        topic.put("2", &"two");
        let update = told(&topic, Some(seen));
        assert_eq!((&update["type"], &update["rows"]), (&json!("snapshot"), &json!(["two"])));
    }
}
