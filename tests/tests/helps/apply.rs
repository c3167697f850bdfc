//! A way out that a message names, applied to the program as a person would paste it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::edit::{
    above, add_field, add_key, annotate_field, at_caret, caret, field_of_type, implementation, provider, replace_field,
    replace_otherwise, take_field, without_attribute,
};

/// A line of a message that may propose code.
#[derive(Debug)]
pub(crate) struct Help<'a> {
    /// Its case, as `missing/fail`.
    pub(crate) case: &'a str,
    pub(crate) program: &'a str,
    /// The whole message.
    pub(crate) message: &'a str,
    pub(crate) text: &'a str,
}

/// A line of a message, read as an instruction.
pub(crate) enum Read {
    /// The program with what the line proposes.
    Program(String),
    /// The line has a form that is known here, and its program no place for it.
    DoesNotFit,
    /// The line has none of the forms.
    NoForm,
}

type Action = fn(&Help<'_>, &Captures<'_>) -> Option<String>;

/// What each form of words asks for.
const ACTIONS: &[(&str, Action)] = &[
    // Words and attributes where the arrow points.
    (r"^did you mean `(?:#\[)?(\w+)(?:\(\.\.\))?\]?`\?$", |help, found| {
        at_caret(help.program, help.message, &found[1])
    }),
    (r"^write `(\w+): [^`]*`$", |help, found| at_caret(help.program, help.message, &found[1])),
    (r"^write `(\w+) = (\w+)`$", |help, found| {
        let (start, _) = caret(help.program, help.message)?;
        let end = start + help.program[start..].find(')')?;
        Some(format!("{}{} = {}{}", &help.program[..start], &found[1], &found[2], &help.program[end..]))
    }),
    (r"^(?:write all keys into one|remove one|remove one of the two|remove `\w+` here)$", |help, _| {
        let (start, end) = caret(help.program, help.message)?;
        if help.program[start..end].starts_with("#[") {
            return at_caret(help.program, help.message, "");
        }
        let end = start + help.program[start..].find(", ")? + 2;
        Some(format!("{}{}", &help.program[..start], &help.program[end..]))
    }),
    (r"^remove (?:one of them|this attribute)$", |help, _| without_attribute(help.program, help.message)),
    (r"^remove `(#\[[^`]*\])`$", |help, found| {
        help.program.contains(&found[1]).then(|| help.program.replacen(&found[1], "", 1))
    }),
    (r"^(?:.*, )?or write `(where Self: Sized)`$", |help, found| {
        let (start, _) = caret(help.program, help.message)?;
        let end = start + help.program[start..].find(';')?;
        Some(format!("{} {}{}", &help.program[..end], &found[1], &help.program[end..]))
    }),
    (r"^write `((?:Mutex|OnceLock|Arc)<.*>)`$", |help, found| at_caret(help.program, help.message, &found[1])),
    (r"^make it a method that returns the value$", |help, _| {
        let (start, end) = caret(help.program, help.message)?;
        let constant = Regex::new(r"const (\w+): ([^;]*);").ok()?.captures(&help.program[start..end])?;
        at_caret(help.program, help.message, &format!("fn {}(&self) -> {};", constant[1].to_lowercase(), &constant[2]))
    }),
    (r"^ask for `[^`]*`, or say where the value comes from: `(#\[inject\(default\)\])`", |help, found| {
        let (start, _) = caret(help.program, help.message)?;
        let line = help.program[..start].rfind('\n')?;
        Some(format!("{}\n    {}{}", &help.program[..line], &found[1], &help.program[line..]))
    }),
    (r"^give `\w+` a key of its own$", |help, _| at_caret(help.program, help.message, "\"another\"")),
    // Constructors and functions.
    (r"^write `#\[constructor\]` above `fn (\w+)`$", |help, found| {
        above(help.program, &format!(r"(?:pub )?fn {}\b", &found[1]), "#[constructor]")
    }),
    (r"^leave `(#\[constructor\])` on one of them$", |help, found| {
        let (start, _) = caret(help.program, help.message)?;
        let at = help.program[..start].rfind(&found[1])?;
        Some(format!("{}{}", &help.program[..at], &help.program[at + found[1].len()..]))
    }),
    (
        r"^write a function that makes it: `(#\[constructor\] fn new)\(\.\.\) -> Self` in `impl (\w+)`$",
        |help, found| {
            let body = format!("impl {} {{ {}() -> Self {{ unimplemented!() }}", &found[2], &found[1]);
            Some(help.program.replacen(&format!("impl {} {{", &found[2]), &body, 1))
        },
    ),
    (r"^return `Self`, or a `Result` of it$", |help, _| {
        let (_, end) = caret(help.program, help.message)?;
        Some(format!(
            "{}{}",
            &help.program[..end],
            help.program[end..].replacen("() {", "() -> Self {unimplemented!()", 1)
        ))
    }),
    (r"^make it a function that returns `Self`$", |help, _| at_caret(help.program, help.message, "")),
    (r"^name its type, or return `([^`]*)`$", |help, found| at_caret(help.program, help.message, &found[1])),
    (r"^leave one of the two in `replace\(..\)`$", |help, _| {
        let (start, _) = caret(help.program, help.message)?;
        let before = help.program[..start].strip_suffix(", ")?;
        let end = start + help.program[start..].find(')')?;
        Some(format!("{before}{}", &help.program[end..]))
    }),
    (r"^return `((?:Arc<|Vec<|String)[^`]*)`$", |help, found| at_caret(help.program, help.message, &found[1])),
    (r"^make it an `async fn`, which returns what the future is ready with$", |help, _| {
        let future = Regex::new(r"fn (\w+\([^)]*\)) -> impl Future<Output = (\w+)>").ok()?;
        Some(future.replace(help.program, "async fn ${1} -> ${2}").into_owned())
    }),
    (r"^remove `unsafe`, and uphold the contract within the function$", |help, _| {
        at_caret(help.program, help.message, "")
    }),
    (r"^annotate it, where it is declared: `#\[service\]` above `(fn \w+)`$", |help, found| {
        above(help.program, &format!(r"{}\b", &found[1]), "#[di_core::service]")
    }),
    (r"^say that it does: `(#\[service\(provides = \w+\)\])` on `(fn \w+)`$", |help, found| {
        let annotated = format!("#[service]\n{}", &found[2]);
        help.program
            .contains(&annotated)
            .then(|| help.program.replacen(&annotated, &format!("{}\n{}", &found[1], &found[2]), 1))
    }),
    (r"^write the type that the function returns, without its `Result` and its `Arc`$", |help, _| {
        let function = Regex::new(r"the function `(\w+)`").ok()?.captures(help.message)?;
        let form = format!(r"fn {}\([^)]*\) -> (?:Result<)?(?:Arc<)?(\w+)", &function[1]);
        at_caret(help.program, help.message, &Regex::new(&form).ok()?.captures(help.program)?[1])
    }),
    (r"^call it at the end of the function$", |help, _| {
        let key = Regex::new(r"(, )?post_construct = [\w:]+").ok()?;
        Some(key.replace(help.program, "").into_owned())
    }),
    (r"^say of which type: `(#\[provide\(\w+\)\] )(\w+): Type`$", |help, found| {
        let returned = Regex::new(r"fn \w+\(\) -> (\w+)").ok()?.captures(help.program)?;
        let field = format!("{}{}: {}", &found[1], &found[2], &returned[1]);
        replace_field(help.program, &container(help), &found[2], &field)
    }),
    // Fields of a container.
    (r"^let the caller supply it: `(#\[input\] (?:#\[[^`]*\] )?)name: (.*)`$", |help, found| {
        if help.message.contains("lists it as `name`") {
            return replace_field(help.program, &container(help), "name", &format!("{}name: {}", &found[1], &found[2]));
        }
        add_field(help.program, &container(help), &format!("{}added: {}", &found[1], &found[2]))
    }),
    (r"^let the caller supply it: `(#\[input\] )(\w+): (.*)`$", replace_in_container),
    (r"^let the caller supply it: `(replace\(.*\))`$", |help, found| replace_otherwise(help.program, &found[1])),
    (r"^replace the other one instead: `(replace\(.*\))`$", |help, found| replace_otherwise(help.program, &found[1])),
    (
        r"^replace it with a service annotated with `#\[service\(provides = (.*)\)\]`: `replace\((\w+) = Service\)`$",
        |help, found| {
            let replaced = replace_otherwise(help.program, &format!("replace({} = Added)", &found[2]))?;
            Some(replaced + &provider(help.program, &found[1]))
        },
    ),
    (r"^list it in `(\w+)`: `((?:#\[[^`]*\] )?)name: ([^`]*)`", |help, found| {
        add_field(help.program, &found[1], &format!("{}added: {}", &found[2], &found[3]))
    }),
    (
        r"^list a service annotated with `#\[service\(provides = (.*)\)\]` in `(\w+)`(?:, under `(.*)`)?$",
        |help, found| {
            let mark = found.get(3).map(|mark| format!("{} ", mark.as_str())).unwrap_or_default();
            let listed = add_field(help.program, &found[2], &format!("{mark}added: Added"))?;
            Some(listed + &provider(help.program, &found[1]))
        },
    ),
    (r"^list a service that provides it: `(\w+): Service`$", |help, found| {
        let interface = Regex::new(r"\[DI0005\] `dyn (\w+)`").ok()?.captures(help.message)?;
        let listed = replace_field(help.program, &container(help), &found[1], &format!("{}: Added", &found[1]))?;
        Some(listed + &provider(help.program, &interface[1]))
    }),
    (r"^name the service: `(\w+): Service`$", |help, found| {
        let listed = replace_field(help.program, &container(help), &found[1], &format!("{}: Added", &found[1]))?;
        Some(format!("{listed}\n#[di_core::service]\npub struct Added;\n"))
    }),
    (r"^add a member: `(#\[many\(dyn (\w+)\)\]) name: Service`$", |help, found| {
        let listed = add_field(help.program, &container(help), &format!("{} added: Added", &found[1]))?;
        Some(listed + &provider(help.program, &found[2]))
    }),
    (r"^keep one$", |help, _| {
        let listed = Regex::new(r"(?m)^ +`(\w+): [^`]*`$").ok()?;
        let mut rest = help.program.to_owned();
        let others: Vec<_> = listed.captures_iter(help.message).skip(1).collect();
        if others.is_empty() {
            return without_attribute(help.program, help.message);
        }
        for other in others {
            rest = take_field(&rest, &container(help), &other[1])?.1;
        }
        Some(rest)
    }),
    (r"^remove the field$", |help, _| {
        let field = Regex::new(r"needs `(\w+): [^`]*`").ok()?.captures(help.message)?;
        Some(take_field(help.program, &container(help), &field[1])?.1)
    }),
    (r"^remove `(\w+): [^`]*`(?:, and open|$)", |help, found| {
        Some(take_field(help.program, &container(help), &found[1])?.1)
    }),
    (r"^mark it `(#\[entry\])`, if", |help, found| {
        let field = Regex::new(r"needs `(\w+): [^`]*`").ok()?.captures(help.message)?;
        annotate_field(help.program, &container(help), &field[1], &found[1])
    }),
    (r"^write `(#\[transient\] )(\w+): ([^`]*)`, and make it with", replace_in_container),
    (r"^make it `(#\[scope\] )(\w+): ([^`]*)`, and call", replace_in_container),
    (
        r"^let (?:one answer its concrete type alone|both keys answer for a while): `(.*?)(\w+): ([^`]*)`$",
        replace_in_container,
    ),
    (r"^list it as (?:a module|one): `((?:#\[module\] )?)(\w+): ([^`]*)`", replace_in_container),
    (r"^as a scope, which is built by `[^`]*`: `(#\[scope\] )(\w+): ([^`]*)`$", replace_in_container),
    (r"^tell them apart: `((?:#\[[^`]*?\] )+)(\w+): ([^`]*)`, and ask", |help, found| {
        Some(replace_in_container(help, found)? + QUALIFIERS)
    }),
    (r"^tell them apart: `(#\[qualified\(\w+\)\])` on `(\w+)`, and ask", |help, found| {
        Some(annotate_field(help.program, &container(help), &found[2], &found[1])? + QUALIFIERS)
    }),
    (r"^say that there is none: `(#\[(?:absent|empty)\([^`]*\)\])` on `(\w+)`$", |help, found| {
        above(help.program, &format!(r"(?:pub )?struct {}\b", &found[2]), &found[1])
    }),
    (
        r"^let a function make it: `#\[service\] ([^`]*)`, listed as `(#\[provide\(\w+\)\] )(\w+): ([^`]*)`$",
        |help, found| {
            let field = format!("{}{}: {}", &found[2], &found[3], &found[4]);
            let listed = replace_field(help.program, &container(help), &found[3], &field)
                .or_else(|| add_field(help.program, &container(help), &field))?;
            Some(listed + &function(&found[1]))
        },
    ),
    (r"^let a function make it: `#\[service\] ([^`]*)`, and `(replace\(.*\))`$", |help, found| {
        Some(replace_otherwise(help.program, &found[2])? + &function(&found[1]))
    }),
    (r"^list `(\w+): [^`]*` before `(\w+): [^`]*`$", |help, found| {
        let (moved, rest) = take_field(help.program, &container(help), &found[1])?;
        above(&rest, &format!(r"(?m)^    (?:pub )?{}: ", &found[2]), &format!("{moved},\n    "))
    }),
    (r"^move `(\w+)`(?: and `(\w+)`)? into `(\w+)`$", |help, found| {
        let mut program = help.program.to_owned();
        for service in [found.get(1), found.get(2)].into_iter().flatten() {
            let field = field_of_type(&program, "App", service.as_str())?.to_owned();
            let (moved, rest) = take_field(&program, "App", &field)?;
            program = add_field(&rest, &found[3], &moved)?;
        }
        Some(program)
    }),
    (r"^inherit them: `(#\[inherit\] (\w+): [^`]*)` in `(\w+)`, and supply them in `(\w+)`$", |help, found| {
        let (input, _) = take_field(help.program, &found[3], &found[2])?;
        let inherits = replace_field(help.program, &found[3], &found[2], &found[1])?;
        add_field(&inherits, &found[4], &input)
    }),
    // How a container is built.
    (r"^make them sync, and do the waiting in a method$", |help, _| Some(help.program.replace("async fn", "fn"))),
    (
        r"^make them infallible, and validate before the container is built(?:, and let the modules declare it)?$",
        |help, _| {
            let infallible = Regex::new(r"Result<Self, [\w:]+>").ok()?.replace_all(help.program, "Self");
            Some(infallible.replace("Ok(Self)", "Self").replace("(build = fallible)", "(build = infallible)"))
        },
    ),
    (r"^declare at the module that it is built at once, when its constructors are sync$", |help, _| {
        Some(help.program.replace("async fn", "fn").replace("(build = async)", "(build = infallible)"))
    }),
    // Keys of a container or of a service.
    (r"^declare `#\[container\(build = (\w+), \.\.\)\]`", |help, found| {
        let declared = Regex::new(&format!(r"build = \w+([^\n]*\n(?:pub )?struct {}\b)", container(help))).ok()?;
        Some(declared.replace(help.program, format!("build = {}${{1}}", &found[1])).into_owned())
    }),
    (r"^declare at the module how it is built, .*`#\[container\(build = \.\.\)\]`", |help, _| {
        let found = Regex::new(r"the module `(\w+)` is built in the mode `(\w+)`").ok()?.captures(help.message)?;
        add_key(help.program, "container", &found[1], &format!("build = {}", found[2].to_lowercase()))
    }),
    (r"^take `(\w+)` out of `provides` of `(\w+)`$", |help, found| {
        let form = format!(r"\(provides = \[?{}\]?\)(\]\n(?:pub )?struct {}\b)", &found[1], &found[2]);
        let exported = Regex::new(&form).ok()?;
        exported.is_match(help.program).then(|| exported.replace(help.program, "${1}").into_owned())
    }),
    (r"^`\w+: (\w+)` has it, but does not export it: add `(\w+)` to `provides`", |help, found| {
        add_key(help.program, "container", &found[1], &format!("provides = {}", &found[2]))
    }),
    (r"`#\[service\(provides = (\w+)\)\]` on `(\w+)` says that it does$", |help, found| {
        let said = add_key(help.program, "service", &found[2], &format!("provides = {}", &found[1]))?;
        Some(said + &implementation(help.program, &found[1], &found[2]))
    }),
    (r"^annotate it with `#\[service\]`, where it is declared$", |help, _| {
        let listed = Regex::new(r"\[DI0005\] `(\w+)` is not a service").ok()?.captures(help.message)?;
        above(help.program, &format!(r"(?:pub )?struct {}\b", &listed[1]), "#[di_core::service]")
    }),
    (r"^write `impl (\w+) for (\w+)`, or remove", |help, found| {
        Some(help.program.to_owned() + &implementation(help.program, &found[1], &found[2]))
    }),
    (r"^write `((?:#\[di_core::interface\] )?impl di_core::[\w:]*?(\w+) for \w+)`, or remove", |help, found| {
        let method = match &found[2] {
            "Close" => "fn close(&self) -> Result<(), di_core::error::BoxError> { Ok(()) }",
            "HealthCheck" => {
                "async fn check(&self) -> Result<di_core::health::Health, di_core::error::BoxError> { unimplemented!() }"
            }
            "Lifecycle" => "",
            _ => return None,
        };
        Some(format!("{}\n{} {{ {method} }}\n", help.program, &found[1]))
    }),
    // What comes near: a box, or an attribute on what is listed.
    (r"^`\w+: [^`]*` holds one: let the caller supply `(#\[input\] )(\w+): ([^`]*)`$", replace_in_container),
    (
        r"^`\w+: [^`]*` holds one: return `([^`]*)` from `(fn \w+)`, and list it as `(#\[provide\(\w+\)\] )(\w+): ([^`]*)`$",
        |help, found| {
            let field = format!("{}{}: {}", &found[3], &found[4], &found[5]);
            let listed = replace_field(help.program, &container(help), &found[4], &field)?;
            let returned = Regex::new(&format!(r"({}\([^)]*\) -> )[^{{]*", &found[2])).ok()?;
            Some(returned.replace(&listed, format!("${{1}}{} ", &found[1])).into_owned())
        },
    ),
    (r"^`(\w+): [^`]*` is no member: `(#\[many\([^`]*\)\])` makes it one$", annotate_listed),
    (
        r"^`(\w+): [^`]*` is a member of a group and answers nothing else: `(#\[register\(dual\)\])` changes that$",
        annotate_listed,
    ),
    (
        r"^`(\w+): [^`]*` is registered `concrete`: `(#\[register\(dual\)\])` answers the interface, too$",
        annotate_listed,
    ),
    (r"^`(\w+): [^`]*` answers without a qualifier: write `(#\[qualified\(\w+\)\])` on it", annotate_listed),
    // How the consumer asks.
    (r"^`\w+: [^`]*` answers under a qualifier: ask with `(#\[inject\(qualified = \w+\)\])`$", |help, found| {
        let needed = needed(help)?;
        annotate_field(help.program, &needed.0, &needed.1, &found[1])
    }),
    (r"^`\w+: [^`]*` provides `[^`]*`, which is another type: ask for `([^`]*)`", ask_for),
    (r"^(?:it is a group here: )?ask for `([^`]*)`$", ask_for),
    (r"^ask without the qualifier: the members of a group stand under none$", |help, _| {
        let qualifier = Regex::new(r"#\[(?:inject\(qualified = \w+\)|qualified\(\w+\))\]").ok()?;
        Some(qualifier.replace_all(help.program, "").into_owned())
    }),
    (r"^`\w+: [^`]*` is made only by a factory: ask for `([^`]*)`$", ask_for),
    (
        r"^`\w+: [^`]*` is made only by a factory, so that .*: list it in `(\w+)`: `(#\[transient\] )(\w+): ([^`]*)`$",
        |help, found| {
            let (_, rest) = take_field(help.program, &found[1], &needed(help)?.1)?;
            add_field(&rest, &found[1], &format!("{}{}: {}", &found[2], &found[3], &found[4]))
        },
    ),
    (r"^`\w+: [^`]*` is a transient, of which there is no instance to find later: ask for `([^`]*)`$", ask_for),
    (r"^ask for it by its own name: `([^`]*)`$", ask_for),
    (r"^make a scope where you need one: `([^`]*)`$", ask_for),
    (r"^let one of them find the other later: `(\w+): (Lazy<[^`]*>)` in `(\w+)(?:<[^`]*)?`$", |help, found| {
        replace_field(help.program, &found[3], &found[1], &format!("{}: {}", &found[1], &found[2]))
    }),
];

const QUALIFIERS: &str = "\npub struct Backup;\npub struct Other;\n";

/// Reads a line, and does to the program what it says.
pub(crate) fn apply(help: &Help<'_>) -> Read {
    static FORMS: LazyLock<Vec<(Regex, Action)>> =
        LazyLock::new(|| ACTIONS.iter().filter_map(|(form, action)| Some((Regex::new(form).ok()?, *action))).collect());
    assert_eq!(FORMS.len(), ACTIONS.len(), "a form is no regular expression");
    let mut forms = FORMS.iter().filter_map(|(form, action)| Some((form.captures(help.text)?, action))).peekable();
    if forms.peek().is_none() {
        return Read::NoForm;
    }
    let program = forms.find_map(|(found, action)| action(help, &found)).filter(|program| program != help.program);
    program.map_or(Read::DoesNotFit, Read::Program)
}

/// The container that a message is about.
fn container(help: &Help<'_>) -> String {
    let named = [
        r"the container `(\w+)` is a part",
        r"^[^\n]*(?:in|of|by) `(\w+)`",
        r"`(\w+)` (?:lists it|has no|does not say|says|makes)",
        r"nothing in `(\w+)`",
    ];
    let mut found =
        named.iter().filter_map(|form| Regex::new(form).ok()?.captures(help.message).map(|found| found[1].to_owned()));
    found.next().unwrap_or_else(|| "App".to_owned())
}

/// The consumer that a message is about, and its field or argument.
fn needed(help: &Help<'_>) -> Option<(String, String)> {
    let named = [r"`(\w+)(?:<[^`]*)?` needs it for `(\w+)`", r"`(\w+)` needs `[^`]*` for `(\w+)`"];
    let mut found = named.iter().filter_map(|form| Regex::new(form).ok()?.captures(help.message));
    found.next().map(|found| (found[1].to_owned(), found[2].to_owned()))
}

/// `marks field: Type` in place of the field of that name.
fn replace_in_container(help: &Help<'_>, found: &Captures<'_>) -> Option<String> {
    let field = format!("{}{}: {}", &found[1], &found[2], &found[3]);
    replace_field(help.program, &container(help), &found[2], &field)
}

/// The attribute on the field that comes near.
fn annotate_listed(help: &Help<'_>, found: &Captures<'_>) -> Option<String> {
    annotate_field(help.program, &container(help), &found[1], &found[2])
}

/// The consumer asks for another type: by its name, or where the arrow points.
fn ask_for(help: &Help<'_>, found: &Captures<'_>) -> Option<String> {
    let ty = &found[1];
    if let Some((consumer, member)) = needed(help) {
        return replace_field(help.program, &consumer, &member, &format!("{member}: {ty}"));
    }
    if let Some(asks) = Regex::new(r"`\w+: (\w+)` asks for the concrete `(\w+)`").ok()?.captures(help.message) {
        let concrete = format!("Arc<{}>", &asks[2]);
        let field = field_of_type(help.program, &asks[1], &concrete)?;
        return replace_field(help.program, &asks[1], field, &format!("{field}: {ty}"));
    }
    let (start, end) = caret(help.program, help.message)?;
    let (before, after) = (&help.program[..start], &help.program[end..]);
    let inside = before.strip_suffix("Arc<").zip(after.strip_prefix('>'));
    let (before, after) = inside.unwrap_or((before, after));
    Some(format!("{before}{ty}{after}"))
}

/// A provider function whose body is left to write.
fn function(signature: &str) -> String {
    format!("\n#[di_core::service]\n{signature} {{\n    unimplemented!()\n}}\n")
}
