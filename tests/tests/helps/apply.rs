//! A way out that a message names, applied to the program as a person would paste it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

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

type Action = fn(&Help<'_>, &Captures<'_>) -> Option<String>;

/// What each form of words asks for.
const ACTIONS: &[(&str, Action)] = &[
    (r"^let the caller supply it: `(#\[input\] (?:#\[[^`]*\] )?)name: (.*)`$", |help, found| {
        if help.message.contains("lists it as `name`") {
            return replace_field(help.program, &container(help), "name", &format!("{}name: {}", &found[1], &found[2]));
        }
        add_field(help.program, &container(help), &format!("{}added: {}", &found[1], &found[2]))
    }),
    (r"^let the caller supply it: `(#\[input\] )(\w+): (.*)`$", replace_in_container),
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
    (r"^let one answer its concrete type alone: `(.*?)(\w+): ([^`]*)`$", replace_in_container),
    (r"^let both keys answer for a while: `(.*?)(\w+): ([^`]*)`$", replace_in_container),
    (r"^list it as (?:a module|one): `((?:#\[module\] )?)(\w+): ([^`]*)`", replace_in_container),
    (r"^as a scope, which is built by `[^`]*`: `(#\[scope\] )(\w+): ([^`]*)`$", replace_in_container),
    (r"^tell them apart: `((?:#\[[^`]*?\] )+)(\w+): ([^`]*)`, and ask", |help, found| {
        Some(replace_in_container(help, found)? + "\npub struct Backup;\npub struct Other;\n")
    }),
    (r"^say that there is none: `(#\[(?:absent|empty)\([^`]*\)\])` on `(\w+)`$", |help, found| {
        above(help.program, &format!(r"(?:pub )?struct {}\b", &found[2]), &found[1])
    }),
    (r"^let one of them find the other later: `(\w+): (Lazy<[^`]*>)` in `(\w+)(?:<[^`]*)?`$", |help, found| {
        replace_field(help.program, &found[3], &found[1], &format!("{}: di_core::dependency::{}", &found[1], &found[2]))
    }),
    (
        r"^let a function make it: `#\[service\] ([^`]*)`, listed as `(#\[provide\(\w+\)\] )(\w+): ([^`]*)`$",
        |help, found| {
            let field = format!("{}{}: {}", &found[2], &found[3], &found[4]);
            let listed = replace_field(help.program, &container(help), &found[3], &field)?;
            Some(format!("{listed}\n#[di_core::service]\n{} {{\n    unimplemented!()\n}}\n", &found[1]))
        },
    ),
    (r"^list `(\w+): [^`]*` before `(\w+): [^`]*`$", |help, found| {
        let (moved, rest) = take_field(help.program, &container(help), &found[1])?;
        above(&rest, &format!(r"(?m)^    (?:pub )?{}: ", &found[2]), &format!("{moved},\n    "))
    }),
    (r"^declare `#\[container\(build = (\w+), \.\.\)\]`", |help, found| {
        let declared = Regex::new(&format!(r"build = \w+([^\n]*\n(?:pub )?struct {}\b)", container(help))).ok()?;
        Some(declared.replace(help.program, format!("build = {}${{1}}", &found[1])).into_owned())
    }),
    (r"^remove `(#\[[^`]*\])`$", |help, found| {
        help.program.contains(&found[1]).then(|| help.program.replacen(&found[1], "", 1))
    }),
    (r"^write `#\[constructor\]` above `fn (\w+)`$", |help, found| {
        above(help.program, &format!(r"(?:pub )?fn {}\b", &found[1]), "#[constructor]")
    }),
    (r"^ask for `([^`]*)`$", |help, found| {
        let needed = Regex::new(r"`(\w+)(?:<[^`]*)?` needs it for `(\w+)`").ok()?.captures(help.message)?;
        replace_field(help.program, &needed[1], &needed[2], &format!("{}: {}", &needed[2], &found[1]))
    }),
    (r"^annotate it with `#\[service\]`, where it is declared$", |help, _| {
        let listed = Regex::new(r"\[DI0005\] `(\w+)` is not a service").ok()?.captures(help.message)?;
        above(help.program, &format!(r"(?:pub )?struct {}\b", &listed[1]), "#[di_core::service]")
    }),
];

/// The program with what the line proposes; nothing for a line that is not in one of the forms.
pub(crate) fn apply(help: &Help<'_>) -> Option<String> {
    static FORMS: LazyLock<Vec<(Regex, Action)>> =
        LazyLock::new(|| ACTIONS.iter().filter_map(|(form, action)| Some((Regex::new(form).ok()?, *action))).collect());
    FORMS.iter().find_map(|(form, action)| action(help, &form.captures(help.text)?))
}

/// The container that a message is about.
fn container(help: &Help<'_>) -> String {
    let named = [r"^[^\n]*(?:in|of|by) `(\w+)`", r"`(\w+)` (?:lists it|has no|does not say|says|makes)"];
    let mut found =
        named.iter().filter_map(|form| Regex::new(form).ok()?.captures(help.message).map(|found| found[1].to_owned()));
    found.next().unwrap_or_else(|| "App".to_owned())
}

/// `marks field: Type` in place of the field of that name.
fn replace_in_container(help: &Help<'_>, found: &Captures<'_>) -> Option<String> {
    let field = format!("{}{}: {}", &found[1], &found[2], &found[3]);
    replace_field(help.program, &container(help), &found[2], &field)
}

/// From where to where the fields of a struct stand.
fn fields(program: &str, name: &str) -> Option<(usize, usize)> {
    let start = Regex::new(&format!(r"struct {name}\b[^{{;]*\{{")).ok()?.find(program)?.end();
    Some((start, start + program[start..].find("\n}")?))
}

fn add_field(program: &str, name: &str, field: &str) -> Option<String> {
    let (start, end) = fields(program, name)?;
    let body = program[start..end].trim_end();
    let comma = if body.is_empty() || body.ends_with(',') { "" } else { "," };
    Some(format!("{}{body}{comma}\n    {field},{}", &program[..start], &program[end..]))
}

/// The field with its attributes, and the program without it.
fn take_field(program: &str, name: &str, field: &str) -> Option<(String, String)> {
    let (start, end) = fields(program, name)?;
    let form = format!(r"(?m)((?:^ *#\[.*\]\n)*)^ *(?:#\[.*\] *)?(?:pub )?{field}: .*\n?");
    let found = Regex::new(&form).ok()?.find(&program[start..end])?;
    let (from, to) = (start + found.start(), start + found.end());
    Some((program[from..to].trim().trim_end_matches(',').to_owned(), format!("{}{}", &program[..from], &program[to..])))
}

fn replace_field(program: &str, name: &str, field: &str, new: &str) -> Option<String> {
    let (start, _) = fields(program, name)?;
    let (_, rest) = take_field(program, name, field)?;
    Some(format!("{}\n    {new},{}", &rest[..start], &rest[start..]))
}

/// The program with a line above the first place of that form.
fn above(program: &str, form: &str, line: &str) -> Option<String> {
    let at = Regex::new(form).ok()?.find(program)?.start();
    Some(format!("{}{line}\n{}", &program[..at], &program[at..]))
}

/// A service that provides an interface, whose methods do nothing.
fn provider(program: &str, interface: &str) -> String {
    let name = interface.split([' ', '<']).next().unwrap_or(interface);
    let methods = Regex::new(&format!(r"(?s)trait {name}\b[^{{]*\{{(.*?)\}}"))
        .ok()
        .and_then(|form| Some(form.captures(program)?[1].replace(';', " { unimplemented!() }")))
        .unwrap_or_default();
    format!("\n#[di_core::service(provides = {interface})]\npub struct Added;\n\nimpl {name} for Added {{{methods}}}\n")
}
