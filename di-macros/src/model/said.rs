//! The literal of a type, with all that containers must know of it; it travels in a hidden macro under the type's
//! own name.
//!
//! Lines, and tabs between the words of a line. The first line is the version of this format; then the name with its type
//! parameters, the interfaces, the flags, the line and the file where it stands, and a line for each member.

use super::dependency::Wanted;
use crate::spans::Location;

/// The version that this crate writes and reads.
const VERSION: &str = "2";

/// What a service, or a container, says of itself.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Said {
    pub(crate) name: String,
    /// Its type parameters.
    pub(crate) params: Vec<String>,
    /// `dyn I` each; of a module, its exports.
    pub(crate) interfaces: Vec<String>,
    pub(crate) flags: Flags,
    /// Where it stands, as far as the compiler tells.
    pub(crate) location: Option<Location>,
    pub(crate) members: Vec<Member>,
}

/// What the graph must know beyond names.
#[derive(Debug, PartialEq, Eq, Default, Clone, Copy)]
pub(crate) struct Flags {
    pub(crate) is_container: bool,
    pub(crate) is_async: bool,
    pub(crate) is_fallible: bool,
    /// It has a `close`, a lifecycle or a health check.
    pub(crate) has_life: bool,
    /// Its concrete key is on its way out.
    pub(crate) winding_down: bool,
    /// A function that provides a value.
    pub(crate) is_provider: bool,
    /// A function of which an error has told already what it returns.
    pub(crate) is_reported: bool,
    /// Whoever may name it: `pub`, and without parameters that may be less.
    pub(crate) is_public: bool,
}

/// A member.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(crate) struct Member {
    pub(crate) kind: MemberKind,
    pub(crate) name: String,
    /// The key of a dependency, or the type of what the caller gives.
    pub(crate) key: String,
    pub(crate) qualifier: Option<String>,
    /// The arguments of a factory, as a tuple.
    pub(crate) args: Option<String>,
}

/// Where the value of a member comes from.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum MemberKind {
    /// From the container.
    Injected(Wanted),
    /// From the caller of the factory; of a container, an input.
    Arg,
    /// The service's own key in its group.
    Key,
    /// A container's field: what may be found inside.
    Part,
    /// A container inside of a container.
    Inner,
}

const KINDS: [(MemberKind, &str); 10] = [
    (MemberKind::Injected(Wanted::One), "one"),
    (MemberKind::Injected(Wanted::Optional), "optional"),
    (MemberKind::Injected(Wanted::Many), "many"),
    (MemberKind::Injected(Wanted::Lazy), "lazy"),
    (MemberKind::Injected(Wanted::Factory), "factory"),
    (MemberKind::Injected(Wanted::Unknown), "unknown"),
    (MemberKind::Arg, "arg"),
    (MemberKind::Key, "key"),
    (MemberKind::Part, "part"),
    (MemberKind::Inner, "inner"),
];

impl Flags {
    fn encode(self, out: &mut String) {
        let all = [
            (self.is_container, 'c'),
            (self.is_async, 'a'),
            (self.is_fallible, 'f'),
            (self.has_life, 'l'),
            (self.winding_down, 'd'),
            (self.is_provider, 'v'),
            (self.is_reported, 'r'),
            (self.is_public, 'p'),
        ];
        for (is_set, letter) in all {
            if is_set {
                out.push(letter);
            }
        }
    }

    fn decode(text: &str) -> Self {
        Self {
            is_container: text.contains('c'),
            is_async: text.contains('a'),
            is_fallible: text.contains('f'),
            has_life: text.contains('l'),
            winding_down: text.contains('d'),
            is_provider: text.contains('v'),
            is_reported: text.contains('r'),
            is_public: text.contains('p'),
        }
    }
}

impl Said {
    /// The literal's text.
    pub(crate) fn encode(&self) -> String {
        let mut out = String::from(VERSION);
        begin_line(&mut out, &self.name);
        for parameter in &self.params {
            go_on(&mut out, parameter);
        }
        match self.interfaces.split_first() {
            None => begin_line(&mut out, ""),
            Some((first, others)) => {
                begin_line(&mut out, first);
                for interface in others {
                    go_on(&mut out, interface);
                }
            }
        }
        begin_line(&mut out, "");
        self.flags.encode(&mut out);
        match &self.location {
            None => begin_line(&mut out, ""),
            Some(location) => {
                begin_line(&mut out, &location.line.to_string());
                go_on(&mut out, &location.file);
            }
        }
        for Member { kind, name, key, qualifier, args } in &self.members {
            begin_line(&mut out, KINDS.iter().find(|(own, _)| own == kind).map_or("unknown", |(_, word)| word));
            go_on(&mut out, name);
            go_on(&mut out, key);
            if qualifier.is_some() || args.is_some() {
                go_on(&mut out, qualifier.as_deref().unwrap_or_default());
            }
            if let Some(args) = args {
                go_on(&mut out, args);
            }
        }
        out
    }

    /// What a literal says; nothing for that of a type without a hidden macro, or of another version.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        if lines.next() != Some(VERSION) {
            return None;
        }
        let mut head = lines.next()?.split('\t').map(str::to_owned);
        let name = head.next()?;
        let params = head.collect();
        let interfaces = lines.next()?.split('\t').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let flags = Flags::decode(lines.next()?);
        let location = lines.next()?.split_once('\t');
        let location =
            location.and_then(|(line, file)| Some(Location { file: file.to_owned(), line: line.parse().ok()? }));
        Some(Self { name, params, interfaces, flags, location, members: lines.filter_map(Member::decode).collect() })
    }
}

impl Member {
    fn decode(line: &str) -> Option<Self> {
        let mut words = line.split('\t');
        let kind = words.next()?;
        let kind = KINDS.iter().find(|(_, word)| *word == kind).map(|(kind, _)| *kind)?;
        let (name, key) = (words.next()?.to_owned(), words.next()?.to_owned());
        let qualifier = words.next().filter(|word| !word.is_empty()).map(str::to_owned);
        Some(Self { kind, name, key, qualifier, args: words.next().map(str::to_owned) })
    }
}

/// The next line, with its first word.
fn begin_line(out: &mut String, word: &str) {
    out.push('\n');
    out.push_str(word);
}

/// The next word of a line.
fn go_on(out: &mut String, word: &str) {
    out.push('\t');
    out.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        let member = |kind, name: &str, qualifier: Option<&str>, args: Option<&str>| Member {
            kind,
            name: name.to_owned(),
            key: "dyn IClock<T>".to_owned(),
            qualifier: qualifier.map(str::to_owned),
            args: args.map(str::to_owned),
        };
        let said = Said {
            name: "Market".to_owned(),
            params: vec!["T".to_owned()],
            interfaces: vec!["dyn IMarket".to_owned(), "dyn IPrices<[u8; 4]>".to_owned()],
            flags: Flags { is_async: true, winding_down: true, ..Flags::default() },
            location: Some(Location { file: "src/market.rs".to_owned(), line: 12 }),
            members: vec![
                member(MemberKind::Injected(Wanted::One), "clock", None, None),
                member(MemberKind::Injected(Wanted::One), "backup", Some("Backup"), None),
                member(MemberKind::Injected(Wanted::Factory), "tickets", None, Some("(u32, )")),
                member(MemberKind::Arg, "quantity", None, None),
            ],
        };
        assert_eq!(Said::decode(&said.encode()), Some(said));
        assert_eq!(Said::decode(&Said::default().encode()), Some(Said::default()));
    }

    #[test]
    fn another_version_and_nothing_are_not_understood() {
        assert_eq!(Said::decode(""), None);
        assert_eq!(Said::decode("1\nMarket\n\n"), None);
    }
}
