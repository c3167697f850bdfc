//! Keys as text.

/// Whether a key names an interface: `dyn I`.
pub(crate) const fn is_interface(key: &str) -> bool {
    matches!(key.as_bytes(), [b'd', b'y', b'n', b' ', ..])
}

/// Whether two texts may name one type: they are equal but for the paths before their names.
#[cfg(feature = "lifecycle")]
pub(crate) fn alike(left: &str, right: &str) -> bool {
    words(left).eq(words(right))
}

/// The words of a type without the paths before them: `dyn app::IClock<T>` as `dyn`, `IClock`, `<`, `T`, `>`.
#[cfg(feature = "lifecycle")]
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut rest = text;
    core::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let end = if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word.rsplit("::").next().unwrap_or(word))
    })
    .filter(|word| *word != "dyn")
}

#[cfg(all(test, feature = "lifecycle"))]
mod tests {
    use super::alike;

    #[test]
    fn paths_make_no_difference_and_names_do() {
        assert!(alike("dyn IClock", "dyn crate::api::IClock"));
        assert!(alike("Repo<app::User>", "store::Repo<User>"));
        assert!(!alike("dyn IClock", "dyn IClocks"));
        assert!(alike("api::IClock", "dyn IClock"));
    }
}
