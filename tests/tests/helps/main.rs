//! Helps that can be pasted: each way out of each fault in `tests/ui` is applied, and the result compiled.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod apply;
mod prose;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use di_tests::Scratch;

use apply::{Help, apply};

/// A failing case: its name, its program and what is said of it.
struct Case {
    name: String,
    program: String,
    said: String,
}

fn cases() -> Vec<Case> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut cases = Vec::new();
    for folder in fs::read_dir(&ui).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "stderr") {
                let name = path.strip_prefix(&ui).unwrap().with_extension("").to_string_lossy().replace('\\', "/");
                let program = fs::read_to_string(path.with_extension("rs")).unwrap();
                cases.push(Case { name, program, said: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    cases.sort_by(|left, right| left.name.cmp(&right.name));
    cases
}

/// The messages of a compilation, each from its headline on.
fn messages(said: &str) -> Vec<&str> {
    let is_headline = |line: &str| line.starts_with("error") || line.starts_with("warning");
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in said.split_inclusive('\n') {
        if is_headline(line) {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(said.len());
    starts.windows(2).map(|window| &said[window[0]..window[1]]).collect()
}

/// A headline without the compiler's own code.
fn headline(message: &str) -> &str {
    let first = message.lines().next().unwrap_or_default();
    first.split_once(": ").map_or(first, |(_, rest)| rest)
}

/// What a line of a message proposes or remarks, if it does.
fn remark(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("= ");
    let text = ["help: ", "near: ", "note: "].iter().find_map(|word| line.strip_prefix(word))?;
    Some(text.strip_prefix("or ").unwrap_or(text))
}

#[test]
fn what_a_message_proposes_can_be_pasted() {
    let cases = cases();
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "helps").unwrap();
    let mut applied: Vec<Help<'_>> = Vec::new();
    let mut unread = Vec::new();
    for case in &cases {
        for message in messages(&case.said) {
            for text in message.lines().filter_map(remark) {
                let help = Help { case: &case.name, program: &case.program, message, text };
                match apply(&help) {
                    Some(program) => {
                        let program = format!("#![allow(warnings)]\n{program}\n{}", import(&program));
                        scratch.write(&format!("src/bin/h{}.rs", applied.len()), &program).unwrap();
                        applied.push(help);
                    }
                    None if prose::is_prose(text) => {}
                    None => unread.push(format!("{}: {text}", case.name)),
                }
            }
        }
    }
    assert!(unread.is_empty(), "neither applied nor listed as prose:\n{}", unread.join("\n"));
    assert!(applied.len() > 90, "only {} lines were applied", applied.len());
    let output = scratch.cargo(&["check", "--bins", "--keep-going", "--quiet", "--message-format=json"]).unwrap();
    let told = errors(&String::from_utf8_lossy(&output.stdout));
    let mut wrong = Vec::new();
    for (number, help) in applied.iter().enumerate() {
        let left = told.get(&format!("h{number}")).map_or(&[][..], Vec::as_slice);
        if !is_way_out(help, left, &cases) {
            wrong.push(format!("{}: {}\n    {}", help.case, help.text, left.join("\n    ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cannot be pasted:\n{}", wrong.len(), applied.len(), wrong.join("\n"));
}

/// What a person would import for what was pasted, where the program does not yet.
fn import(program: &str) -> &'static str {
    let has_arc = ["use std::sync::Arc", "use std::sync::{Arc"].iter().any(|import| program.contains(import));
    if has_arc { "" } else { "use std::sync::Arc;\n" }
}

/// The headlines of the errors of each program.
fn errors(json: &str) -> BTreeMap<String, Vec<String>> {
    let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in json.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let text = message["message"]["message"].as_str().unwrap_or_default();
        if message["message"]["level"] == "error" && !text.starts_with("aborting") {
            let program = message["target"]["name"].as_str().unwrap_or_default().to_owned();
            errors.entry(program).or_default().push(text.lines().next().unwrap_or_default().to_owned());
        }
    }
    errors
}

/// Whether the fault is gone: there are fewer than before, and nothing that was not there or is not to be expected.
fn is_way_out(help: &Help<'_>, left: &[String], cases: &[Case]) -> bool {
    let said = cases.iter().find(|case| case.name == help.case).map_or("", |case| &case.said);
    let faults = messages(said).into_iter().filter(|message| message.starts_with("error"));
    let before: Vec<&str> = faults.map(headline).collect();
    let is_expected = |error: &str| {
        let mut next = prose::LEADS_TO.iter();
        next.any(|(case, start, next)| *case == help.case && help.text.starts_with(start) && error.contains(next))
    };
    let rest: Vec<&str> = left.iter().map(String::as_str).filter(|error| !is_expected(error)).collect();
    let kinds = |errors: &[&str]| errors.iter().copied().collect::<BTreeSet<&str>>().len();
    let is_less = rest.len() < before.len() || kinds(&rest) < kinds(&before);
    is_less && rest.iter().all(|error| before.contains(error))
}
