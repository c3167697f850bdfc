//! Lines of keys in a TOML file.

use toml::de::{DeTable, DeValue};

/// The line of the dotted `key` in `text`, from 1; of its nearest parent when the key itself is not there.
pub(super) fn line_of(text: &str, key: &str) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut found = None;
    for part in key.split('.') {
        let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else {
            break;
        };
        found = Some(line_at(text, name.span().start));
        let DeValue::Table(inner) = value.get_ref() else {
            break;
        };
        table = inner;
    }
    found
}

/// The line of a byte offset, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The column of a byte offset in characters, from 1.
pub(super) fn column_at(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    1 + before.chars().rev().take_while(|c| *c != '\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_key_is_found_in_its_line() {
        let text = "environment = \"production\"\n\n[alerts]\nhistory = 3\n[alerts.webhook]\nattempts = 0\n";
        assert_eq!(line_of(text, "alerts.webhook.attempts"), Some(6));
        assert_eq!(line_of(text, "alerts.history"), Some(4));
        assert_eq!(line_of(text, "alerts.nothing"), Some(3));
        assert_eq!(line_of(text, "nothing"), None);
    }
}
