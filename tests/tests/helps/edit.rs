//! Edits of a program, as a person makes them by hand.

use regex::Regex;

/// From where to where the fields of a struct stand.
fn fields(program: &str, name: &str) -> Option<(usize, usize)> {
    let start = Regex::new(&format!(r"struct {name}\b[^{{;]*\{{")).ok()?.find(program)?.end();
    Some((start, start + program[start..].find('}')?))
}

/// The program with one more field, the last.
pub(crate) fn add_field(program: &str, name: &str, field: &str) -> Option<String> {
    let (start, end) = fields(program, name)?;
    let body = program[start..end].trim_end();
    let comma = if body.is_empty() || body.ends_with(',') { "" } else { "," };
    Some(format!("{}{body}{comma}\n    {field},\n{}", &program[..start], &program[end..]))
}

/// The field with its attributes, and the program without it.
pub(crate) fn take_field(program: &str, name: &str, field: &str) -> Option<(String, String)> {
    let (start, end) = fields(program, name)?;
    let form = format!(r"(?m)((?:^ *#\[.*\]\n)*)^ *(?:#\[.*\] *)?(?:pub )?{field}: .*\n?");
    let found = Regex::new(&form).ok()?.find(&program[start..end])?;
    let (from, to) = (start + found.start(), start + found.end());
    Some((program[from..to].trim().trim_end_matches(',').to_owned(), format!("{}{}", &program[..from], &program[to..])))
}

/// The program with another field in place of the one of that name.
pub(crate) fn replace_field(program: &str, name: &str, field: &str, new: &str) -> Option<String> {
    let (start, _) = fields(program, name)?;
    let (_, rest) = take_field(program, name, field)?;
    Some(format!("{}\n    {new},{}", &rest[..start], &rest[start..]))
}

/// The program with one more attribute on a field, in place of one of the same name.
pub(crate) fn annotate_field(program: &str, name: &str, field: &str, attribute: &str) -> Option<String> {
    let (old, _) = take_field(program, name, field)?;
    let word = attribute.trim_start_matches("#[").split(['(', ']']).next()?;
    let same = Regex::new(&format!(r"#\[{word}\b[^\n]*\]\s*")).ok()?;
    replace_field(program, name, field, &format!("{attribute} {}", same.replace(&old, "")))
}

/// The name of the field of that type.
pub(crate) fn field_of_type<'a>(program: &'a str, name: &str, ty: &str) -> Option<&'a str> {
    let (start, end) = fields(program, name)?;
    let form = Regex::new(&format!(r"(\w+): {ty},")).ok()?;
    form.captures(&program[start..end]).and_then(|found| found.get(1)).map(|found| found.as_str())
}

/// The program with a line above the first place of that form.
pub(crate) fn above(program: &str, form: &str, line: &str) -> Option<String> {
    let at = Regex::new(form).ok()?.find(program)?.start();
    Some(format!("{}{line}\n{}", &program[..at], &program[at..]))
}

/// The program with one more key of `#[container(..)]` or `#[service(..)]` above a struct.
pub(crate) fn add_key(program: &str, attribute: &str, name: &str, key: &str) -> Option<String> {
    let form = format!(r"#\[{attribute}(?:\(([^\n]*)\))?\](\n(?:#\[[^\n]*\n)*(?:pub )?struct {name}\b)");
    let found = Regex::new(&form).ok()?.captures(program)?;
    let others = found.get(1).map(|others| format!(", {}", others.as_str())).unwrap_or_default();
    let place = found.get(0)?.range();
    let new = format!("#[{attribute}({key}{others})]{}", &found[2]);
    Some(format!("{}{new}{}", &program[..place.start], &program[place.end..]))
}

/// What `replace(..)` says in the program, said otherwise.
pub(crate) fn replace_otherwise(program: &str, new: &str) -> Option<String> {
    let said = Regex::new(r"replace\([^\n]*?\)(\)\])").ok()?;
    let place = said.captures(program)?;
    let whole = place.get(0)?.range();
    Some(format!("{}{new}{}{}", &program[..whole.start], &place[1], &program[whole.end..]))
}

/// An `impl` of a trait that the program declares, whose methods do nothing.
pub(crate) fn implementation(program: &str, interface: &str, name: &str) -> String {
    let of = interface.split([' ', '<']).next().unwrap_or(interface);
    let methods = Regex::new(&format!(r"(?s)trait {of}\b[^{{]*\{{(.*?)\}}"))
        .ok()
        .and_then(|form| Some(form.captures(program)?[1].replace(';', " { unimplemented!() }")))
        .unwrap_or_default();
    format!("\nimpl {of} for {name} {{{methods}}}\n")
}

/// A service that provides an interface, whose methods do nothing.
pub(crate) fn provider(program: &str, interface: &str) -> String {
    let implementation = implementation(program, interface, "Added");
    format!("\n#[di_core::service(provides = {interface})]\npub struct Added;\n{implementation}")
}

/// Where in the program the arrow of a message points.
pub(crate) fn caret(program: &str, message: &str) -> Option<(usize, usize)> {
    let arrow = Regex::new(r"(?m)^ *\| (.*)\n *\| ( *)(\^+)").ok()?.captures(message)?;
    let (line, before, length) = (&arrow[1], arrow[2].len(), arrow[3].len());
    // Of two lines that are alike, the later one is to blame.
    let start = program.rfind(&format!("{line}\n"))? + before;
    (start + length <= program.len()).then_some((start, start + length))
}

/// The program with other words where the arrow of the message points.
pub(crate) fn at_caret(program: &str, message: &str, new: &str) -> Option<String> {
    let (start, end) = caret(program, message)?;
    Some(format!("{}{new}{}", &program[..start], &program[end..]))
}

/// The program without the attribute in which the arrow points.
pub(crate) fn without_attribute(program: &str, message: &str) -> Option<String> {
    let (start, end) = caret(program, message)?;
    let from = program[..start + 2].rfind("#[")?;
    let to = end + program[end - 1..].find(']')?;
    Some(format!("{}{}", &program[..from], &program[to..]))
}
