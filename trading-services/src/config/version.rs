//! Versions of the configuration file, and the steps between them.

use toml_edit::{DocumentMut, Item, Table, TableLike};

/// The version that this program writes, and reads without a word.
pub const CURRENT: i64 = 2;

/// The oldest one that is still read, and until when.
pub(super) const OLDEST: i64 = 1;
pub(super) const OLDEST_UNTIL: &str = "0.3";

/// A key that has another name since a version.
struct Renamed {
    /// The version that has the new name.
    since: i64,
    old: &'static str,
    new: &'static str,
}

/// Every step; each goes both ways.
const RENAMED: [Renamed; 1] = [Renamed { since: 2, old: "execution.depth", new: "execution.book_levels" }];

/// Why a file cannot be carried to another version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It is not TOML.
    #[error("expected TOML: {0}")]
    Syntax(String),
    /// Its version is not a number, or one that nobody knows.
    #[error("expected `version` to be {OLDEST} to {CURRENT}, found {0}")]
    Unknown(String),
    /// It has a key under its old name and under its new one.
    #[error("expected one of `{old}` and `{new}`, found both; the former is the old name of the latter")]
    Both {
        /// The old name.
        old: &'static str,
        /// The new one.
        new: &'static str,
    },
}

impl VersionError {
    /// The key that it is about.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Syntax(_) | Self::Unknown(_) => "version",
            Self::Both { old, .. } => old,
        }
    }
}

/// The version that a file says; one without is of the first.
pub(super) fn version_of(found: Option<&toml::Value>) -> Result<i64, VersionError> {
    let Some(found) = found else { return Ok(1) };
    let version = found.as_integer().filter(|version| (OLDEST..=CURRENT).contains(version));
    version.ok_or_else(|| VersionError::Unknown(found.to_string()))
}

/// Carries the text of a file to a version, forwards or back; comments stay, and so does what has no other name.
///
/// ```
/// use trading_services::config::carry;
///
/// let old = "[execution]\ndepth = 10 # levels\n";
/// let new = "version = 2\n[execution]\nbook_levels = 10 # levels\n";
/// assert_eq!(carry(old, 2).as_deref(), Ok(new));
/// assert_eq!(carry(new, 1).as_deref(), Ok(old));
/// ```
///
/// # Errors
/// [`VersionError`].
pub fn carry(text: &str, target: i64) -> Result<String, VersionError> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| VersionError::Syntax(error.message().to_owned()))?;
    let said: toml::Table = toml::from_str(text).map_err(|error| VersionError::Syntax(error.message().to_owned()))?;
    let found = version_of(said.get("version"))?;
    if !(OLDEST..=CURRENT).contains(&target) {
        return Err(VersionError::Unknown(target.to_string()));
    }
    for step in RENAMED.iter().filter(|step| found < step.since && step.since <= target) {
        rename(document.as_table_mut(), step.old, step.new, step)?;
    }
    for step in RENAMED.iter().rev().filter(|step| target < step.since && step.since <= found) {
        rename(document.as_table_mut(), step.new, step.old, step)?;
    }
    set_version(&mut document, target);
    Ok(document.to_string())
}

/// The name that a key had in a version.
pub(super) fn name_in(version: i64, key: &str) -> &str {
    let step = RENAMED.iter().find(|step| version < step.since && key == step.new);
    step.map_or(key, |step| step.old)
}

/// The first version says nothing.
fn set_version(document: &mut DocumentMut, target: i64) {
    if target == 1 {
        document.remove("version");
    } else if let Some(item) = document.get_mut("version") {
        *item = toml_edit::value(target);
    } else {
        let rest = std::mem::take(document);
        let text = format!("version = {target}\n{rest}");
        // It was a document, and a key before it changes nothing of that.
        *document = text.parse().unwrap_or(rest);
    }
}

/// Renames the last part of a dotted key where it stands.
fn rename(root: &mut Table, from: &'static str, to: &'static str, step: &Renamed) -> Result<(), VersionError> {
    let (Some((path, from)), Some((_, to))) = (from.rsplit_once('.'), to.rsplit_once('.')) else { return Ok(()) };
    let mut table: &mut dyn TableLike = root;
    for part in path.split('.') {
        let Some(inner) = table.get_mut(part).and_then(Item::as_table_like_mut) else { return Ok(()) };
        table = inner;
    }
    if !table.contains_key(from) {
        return Ok(());
    }
    if table.contains_key(to) {
        return Err(VersionError::Both { old: step.old, new: step.new });
    }
    // In its place: all are taken out and put back in their order.
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    for name in keys {
        let Some(key) = table.key(&name).cloned() else { continue };
        let Some(item) = table.remove(&name) else { continue };
        let key = if name == from {
            toml_edit::Key::new(to)
                .with_leaf_decor(key.leaf_decor().clone())
                .with_dotted_decor(key.dotted_decor().clone())
        } else {
            key
        };
        table.entry_format(&key).or_insert(item);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_goes_there_and_back_with_comments_and_order_as_they_were() {
        let old = "# mine\n[risk]\nmax_leverage = \"3\"\n\n[execution] # paper\nlatency = \"1s\"\n# how deep\ndepth = 7\nmaker_fee = \"0\"\n";
        let new = carry(old, CURRENT).unwrap();
        assert!(new.starts_with("version = 2\n# mine\n[risk]"), "{new}");
        assert!(new.contains("latency = \"1s\"\n# how deep\nbook_levels = 7\nmaker_fee"), "{new}");
        assert_eq!(carry(&new, 1).unwrap(), old);
        assert_eq!(carry(&new, CURRENT).unwrap(), new);
        for step in &RENAMED {
            assert_eq!(name_in(step.since - 1, step.new), step.old);
            assert_eq!(name_in(step.since, step.new), step.new);
        }
    }

    #[test]
    fn what_cannot_be_carried_is_named() {
        let both = "[execution]\ndepth = 1\nbook_levels = 2\n";
        assert!(carry(both, 2).unwrap_err().to_string().contains("`execution.depth` and `execution.book_levels`"));
        for version in ["0", "3", "\"two\""] {
            let error = carry(&format!("version = {version}\n"), 2).unwrap_err().to_string();
            assert_eq!(error, format!("expected `version` to be 1 to 2, found {version}"));
        }
    }
}
