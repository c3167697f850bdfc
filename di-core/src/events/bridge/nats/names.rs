//! Names of streams, consumers and subjects, and ids read back from envelopes.

use super::NatsError;

/// Says which name cannot be used.
pub(super) fn check(what: &'static str, name: &str, fits: fn(&str) -> bool) -> Result<(), NatsError> {
    if fits(name) { Ok(()) } else { Err(NatsError::Name { what, name: name.to_owned() }) }
}

/// Narrower than what NATS takes: so that [`stream`] and [`consumer`] may use `=` between the parts.
pub(super) fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

pub(super) fn is_subject(name: &str) -> bool {
    name.split('.').all(is_token)
}

pub(super) fn subject(prefix: &str, topic: &str) -> String {
    format!("{prefix}.{topic}")
}

/// The names of streams and consumers have no dots.
pub(super) fn stream(prefix: &str) -> String {
    prefix.replace('.', "=")
}

pub(super) fn consumer(process: &str, topic: &str) -> String {
    format!("{process}={}", topic.replace('.', "="))
}

/// The origin and the sequence in what [`Envelope::id`](super::Envelope::id) has made.
pub(super) fn parse_id(id: &str) -> Option<(u64, u64)> {
    let (origin, sequence) = id.split_once('-')?;
    Some((u64::from_str_radix(origin, 16).ok()?, sequence.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::bridge::Envelope;

    #[test]
    fn an_id_is_read_back() {
        for (origin, sequence) in [(0, 1), (0xab, 7), (u64::MAX, u64::MAX)] {
            let envelope = Envelope { subject: "a".into(), origin, sequence, payload: vec![] };
            assert_eq!(parse_id(&envelope.id()), Some((origin, sequence)));
        }
        for other in ["", "-", "7", "xyz-1", "ab-", "ab-x", "ab-1-2"] {
            assert_eq!(parse_id(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_no_subject_is_refused_by_its_name() {
        for name in ["market.tick", "a", "a_b.c-d.0"] {
            assert!(check("topic", name, is_subject).is_ok(), "{name}");
        }
        for name in ["", ".", "a.", "a..b", "a b", "a.*", ">", "a=b"] {
            let error = check("topic", name, is_subject).unwrap_err().to_string();
            assert!(error.starts_with(&format!("the topic `{name}` cannot stand in a subject")), "{error}");
        }
        assert!(!is_token("a.b"));
    }

    #[test]
    fn different_topics_have_different_consumers() {
        assert_ne!(consumer("desk", "a.b"), consumer("desk", "a_b"));
        assert_ne!(consumer("desk", "a-b"), consumer("desk", "a.b"));
    }
}
