//! Keys in a group that are constants.

/// Whether a key is one of those before it.
#[derive(Debug)]
pub struct Taken<const IS_TAKEN: bool>;

/// It is none of those.
pub trait NotTaken {}

impl NotTaken for Taken<false> {}

/// Whether a key is one of those before it.
#[must_use]
pub const fn is_taken(key: &str, earlier: &[&str]) -> bool {
    let mut next = 0;
    while next < earlier.len() {
        if is_same(key.as_bytes(), earlier[next].as_bytes()) {
            return true;
        }
        next += 1;
    }
    false
}

const fn is_same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut next = 0;
    while next < left.len() {
        if left[next] != right[next] {
            return false;
        }
        next += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_taken;

    #[test]
    fn a_key_is_compared_with_all_before_it() {
        assert!(!is_taken("bybit", &[]));
        assert!(!is_taken("bybit", &["bybi", "bybit2", "kraken"]));
        assert!(is_taken("bybit", &["kraken", "bybit"]));
    }
}
