//! Comparison of types as text.

/// Whether two types are written alike, white space aside.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left == right || tokens(left).eq(tokens(right))
}

/// Whether two types that may be missing are written alike.
pub(crate) fn same_option(left: Option<&str>, right: Option<&str>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => same(left, right),
        (None, None) => true,
        _ => false,
    }
}

/// A type in the one spelling that it shares with all that are the [`same`].
pub(crate) fn spelling(ty: &str) -> String {
    let rest = ty.strip_prefix("dyn ").filter(|rest| rest.starts_with(is_of_a_word)).unwrap_or(ty);
    if !rest.contains([' ', '\n', '\t', '#']) {
        return ty.to_owned();
    }
    let mut spelt = String::with_capacity(ty.len());
    for token in tokens(ty) {
        if spelt.ends_with(is_of_a_word) && token.starts_with(is_of_a_word) {
            spelt.push(' ');
        }
        spelt.push_str(token);
    }
    spelt
}

/// Whether two types may be one as far as their names tell: each path from its last segment on; lifetimes, `dyn`,
/// `+ Send` and `+ Sync` aside.
pub(crate) fn alike(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    match (name(left), name(right)) {
        // Nearly every pair differs in its names: no need to look at the rest.
        (Some(left), Some(right)) if left != right => false,
        _ => reduced(left) == reduced(right),
    }
}

/// Whether two paths of one last name may be one: the shorter one ends the longer one.
pub(crate) fn compatible(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    let mut pairs = modules(left).into_iter().rev().zip(modules(right).into_iter().rev());
    pairs.all(|(left, right)| left == right)
}

/// The modules before the name.
fn modules(key: &str) -> Vec<&str> {
    let path = bare(key);
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    let mut segments: Vec<&str> = path
        .split("::")
        .map(str::trim)
        .filter(|segment| !matches!(*segment, "" | "self" | "super" | "crate" | "$crate"))
        .collect();
    segments.pop();
    segments
}

/// Whether a type is `Arc<key>`.
pub(crate) fn holds(ty: &str, key: &str) -> bool {
    matches!(reduced(ty).as_slice(), ["Arc", "<", held @ .., ">"] if held == reduced(key))
}

/// Whether a type is called like an interface, and more: `SystemClock` like `dyn IClock`.
pub(crate) fn resembles(ty: &str, key: &str) -> bool {
    let (service, interface) = (reduced(ty), reduced(key));
    let (Some(service), Some(interface)) = (service.first(), interface.first()) else { return false };
    let stem = match interface.strip_prefix('I') {
        Some(stem) if stem.starts_with(|first: char| first.is_ascii_uppercase()) => stem,
        _ => interface,
    };
    is_interface(key) && service.contains(stem)
}

/// Whether a key is an interface: `dyn ..`.
pub(crate) fn is_interface(key: &str) -> bool {
    without_dyn(key).is_some()
}

/// An interface's name without the `dyn`.
pub(crate) fn bare(key: &str) -> &str {
    without_dyn(key).unwrap_or(key)
}

fn without_dyn(key: &str) -> Option<&str> {
    let rest = key.trim_ascii_start().strip_prefix("dyn")?;
    let is_longer_word = rest.as_bytes().first().is_some_and(|next| is_byte_of_a_word(*next));
    (!is_longer_word).then(|| rest.trim_ascii_start())
}

fn is_of_a_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The same of a byte: outside of words, a type has ASCII alone.
fn is_byte_of_a_word(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80..)
}

/// The last segment of a type that is a path, without its arguments.
pub(crate) fn name(ty: &str) -> Option<&str> {
    let path = bare(ty).trim_ascii_start();
    let bytes = path.as_bytes();
    // Byte by byte, as this is asked of each key of a container.
    let (mut start, mut end, mut at) = (0, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b':' | b' ' | b'#' | b'$' => {}
            byte if is_byte_of_a_word(byte) => {
                if at > end {
                    start = at;
                }
                end = at + 1;
            }
            _ => break,
        }
        at += 1;
    }
    let name = path.get(start..end)?;
    (!name.is_empty() && name != "for").then_some(name)
}

/// The tokens of a type: words, lifetimes, `::`, and punctuation.
fn tokens(ty: &str) -> impl Iterator<Item = &str> {
    let mut rest = ty.trim_start();
    std::iter::from_fn(move || {
        let len = match rest.chars().next()? {
            ':' if rest.starts_with("::") => 2,
            'r' if rest.starts_with("r#") => {
                rest = rest.strip_prefix("r#").unwrap_or_default();
                word_len(rest)
            }
            '\'' => 1 + word_len(rest.strip_prefix('\'').unwrap_or_default()),
            first if is_of_a_word(first) => word_len(rest),
            first => first.len_utf8(),
        };
        let (token, after) = rest.split_at(len);
        rest = after.trim_start();
        Some(token)
    })
}

fn word_len(text: &str) -> usize {
    text.find(|character| !is_of_a_word(character)).unwrap_or(text.len())
}

/// The tokens of a type, without what [`alike`] leaves aside.
fn reduced(ty: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    let mut tokens = tokens(ty).peekable();
    while let Some(token) = tokens.next() {
        match token {
            "::" if tokens.peek() == Some(&"<") => {}
            "::" => {
                out.pop_if(|last| last.starts_with(is_of_a_word) && !matches!(*last, "as" | "mut" | "const" | "impl"));
            }
            "dyn" | "$" => {}
            "Send" | "Sync" if out.last() == Some(&"+") => {
                out.pop();
            }
            "+" if !out.last().is_some_and(|last| last.ends_with(is_of_a_word) || matches!(*last, ">" | ")")) => {}
            "," if out.last() == Some(&"<") => {}
            ">" => {
                out.pop_if(|last| matches!(*last, "+" | ","));
                if out.pop_if(|last| *last == "<").is_some() {
                    out.pop_if(|last| *last == "for");
                } else {
                    out.push(token);
                }
            }
            "," | ")" | "]" | ";" => {
                out.pop_if(|last| *last == "+");
                out.push(token);
            }
            lifetime if lifetime.starts_with('\'') => {}
            other => out.push(other),
        }
    }
    out.pop_if(|last| *last == "+");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_tells_no_types_apart() {
        assert!(same("Arc < dyn IClock >", "Arc<dyn IClock>"));
        assert!(same("(u8, [u32; 2])", "(u8,[u32;2])"));
        assert!(!same("dyn IClock", "dynIClock"));
        assert!(!same("a::IClock", "IClock"));
        assert!(same_option(None, None));
        assert!(same_option(Some("a :: Primary"), Some("a::Primary")));
        assert!(!same_option(Some("Primary"), None));
    }

    #[test]
    fn what_is_the_same_has_one_spelling() {
        assert_eq!(spelling(" dyn  app :: IClock < u8 >"), "dyn app::IClock<u8>");
        assert_eq!(spelling("dyn Of<&'a mut r#type>"), "dyn Of<&'a mut type>");
    }

    #[test]
    fn names_are_alike_from_the_last_segment_on() {
        let alike_ones = [
            ("dyn app::IClock", "dyn IClock"),
            ("dyn::app::IClock", "dyn IClock"),
            ("Market<a::Bybit>", "app::Market<Bybit>"),
            ("Market<dyn a::b::IFeed + Send + Sync>", "Market<dyn IFeed>"),
            ("Market::<Bybit,>", "Market<Bybit>"),
            ("dyn IClock + 'static", "dyn IClock"),
            ("dyn IClock + std::marker::Send", "dyn IClock"),
            ("Cow<'static, str>", "Cow<str>"),
            ("Borrowed<'a>", "Borrowed"),
            ("&'a T", "&T"),
            ("dyn for<'a> Fn(&'a u8)", "dyn Fn(&u8)"),
            ("$crate::IClock", "IClock"),
            ("r#type", "type"),
            ("a :: Market < Bybit >", "Market<Bybit>"),
            ("<T as a::Feed>::Key", "<T as Feed>::Key"),
        ];
        for (left, right) in alike_ones {
            assert!(alike(left, right), "{left} / {right}");
        }
    }

    #[test]
    fn what_differs_in_a_name_or_an_argument_is_not_alike() {
        let others = [
            ("dyn IClock", "dyn IClocks"),
            ("Market<Bybit>", "Market<Kraken>"),
            ("Market<Bybit>", "Market"),
            ("(u8,)", "(u8)"),
            ("<T as Feed>::Key", "<T as Feed>::Value"),
            ("Feed::Key", "Feed::Value"),
            ("&mut T", "&T"),
            ("dyn IClock + Unpin", "dyn IClock"),
        ];
        for (left, right) in others {
            assert!(!alike(left, right), "{left} / {right}");
        }
    }

    #[test]
    fn a_type_holds_what_stands_between_its_brackets() {
        assert!(holds("Arc<dyn IClock>", "dyn IClock"));
        assert!(holds("std::sync::Arc<dyn IClock>", "dyn app::IClock"));
        assert!(!holds("Box<dyn IClock>", "dyn IClock"));
        assert!(!holds("Arc<dyn IClock>", "dyn IClocks"));
        assert!(!holds("Arc<>", "dyn IClock"));
    }

    #[test]
    fn a_type_resembles_an_interface_whose_name_it_holds() {
        assert!(resembles("SystemClock", "dyn IClock"));
        assert!(resembles("app::Clock<u8>", "dyn time::IClock"));
        assert!(resembles("Identity", "dyn Identity"));
        assert!(!resembles("Bybit", "dyn IExchange"));
        assert!(!resembles("SystemClock", "Clock"));
        assert!(!resembles("", "dyn IClock"));
    }

    #[test]
    fn an_interface_starts_with_dyn() {
        assert!(is_interface("dyn IClock"));
        assert!(is_interface("dyn::app::IClock"));
        assert!(!is_interface("dynamic::Clock"));
        assert_eq!(bare("dyn app::IClock"), "app::IClock");
        assert_eq!(bare("Clock"), "Clock");
    }
}
