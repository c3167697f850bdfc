//! Helps that can be pasted: each way out of each fault in `tests/ui` is applied, and the result compiled.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

mod apply;
mod edit;
mod prose;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use di_tests::Scratch;

use apply::{Help, Read, apply};

/// A failing case: its name, its program and what is said of it.
struct Case {
    name: String,
    program: String,
    said: String,
}

/// Those of each rule, and those of handlers, which need axum: what they say is read, and nothing of it is applied.
fn cases() -> Vec<Case> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (ui, documented) = (own.join("ui"), own.join("../docs/tests"));
    let rules = fs::read_dir(&ui).unwrap().map(|folder| (ui.clone(), folder.unwrap().path()));
    let mut cases = Vec::new();
    for (root, folder) in rules.chain([(documented.clone(), documented.join("handlers"))]) {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "stderr") {
                let name = path.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().replace('\\', "/");
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

/// The headline of a message, without the compiler's own code; of a deprecation, the line that is ours.
fn headline(message: &str) -> &str {
    let ours = message.lines().take(2).find(|line| line.trim_start().starts_with("[DI"));
    let line = ours.unwrap_or_else(|| message.lines().next().unwrap_or_default()).trim();
    line.split_once(": ").filter(|(word, _)| word.starts_with("error")).map_or(line, |(_, rest)| rest)
}

/// What a line of a message proposes or remarks, if it does: also one that underlines a place and says what to write.
fn remark(line: &str) -> Option<&str> {
    if let Some(label) = line.split_once("^ ").map(|(_, label)| label).filter(|label| label.starts_with("write `")) {
        return Some(label);
    }
    let line = line.trim_start().trim_start_matches("= ");
    let text = ["help: ", "near: ", "note: "].iter().find_map(|word| line.strip_prefix(word))?;
    Some(text.strip_prefix("or ").unwrap_or(text))
}

/// How many lines are applied: a line that no longer is would else go unnoticed among so many.
const APPLIED: usize = 314;

#[test]
fn what_a_message_proposes_can_be_pasted() {
    let cases = cases();
    let features = ["async-trait", "health", "lifecycle"];
    let scratch = Scratch::with_features(env!("CARGO_TARGET_TMPDIR"), "helps", &features).unwrap();
    let mut applied: Vec<Help<'_>> = Vec::new();
    let mut unread = Vec::new();
    let mut prose = prose::Prose::default();
    for case in &cases {
        for message in messages(&case.said) {
            for text in message.lines().filter_map(remark) {
                let help = Help { case: &case.name, program: &case.program, message, text };
                match (apply(&help), prose.has(&case.name, text)) {
                    (Read::Program(program), false) => {
                        let program = format!("#![allow(warnings)]\n{program}\n{}", imports(&program));
                        scratch.write(&format!("src/bin/h{}.rs", applied.len()), &program).unwrap();
                        applied.push(help);
                    }
                    (Read::NoForm | Read::DoesNotFit, true) => {}
                    (Read::Program(_), true) => {
                        unread.push(format!("{}: applied, and listed as prose: {text}", case.name));
                    }
                    (Read::DoesNotFit, false) => {
                        unread.push(format!("{}: has no place in its program: {text}", case.name));
                    }
                    (Read::NoForm, false) => {
                        unread.push(format!("{}: neither applied nor listed as prose: {text}", case.name));
                    }
                }
            }
        }
    }
    unread.extend(prose.unused());
    assert!(unread.is_empty(), "{}", unread.join("\n"));
    assert_eq!(applied.len(), APPLIED);
    let output = scratch.cargo(&["check", "--bins", "--keep-going", "--quiet", "--message-format=json"]).unwrap();
    let compiled = Compiled::read(&String::from_utf8_lossy(&output.stdout));
    let mut leads_to = prose::LeadsTo::default();
    let mut wrong = Vec::new();
    for (number, help) in applied.iter().enumerate() {
        let left = compiled.errors(&format!("h{number}"));
        if !is_way_out(help, left, &cases, &mut leads_to) {
            wrong.push(format!("{} (h{number}): {}\n    {}", help.case, help.text, left.join("\n    ")));
        }
    }
    wrong.extend(leads_to.unused());
    assert!(wrong.is_empty(), "{} of {} cannot be pasted:\n{}", wrong.len(), applied.len(), wrong.join("\n"));
}

/// What a person would import for what was pasted, where the program does not yet.
fn imports(program: &str) -> String {
    let names = [
        ("std::sync", "Arc"),
        ("std::sync", "Mutex"),
        ("std::sync", "OnceLock"),
        ("di_core::dependency", "Factory"),
        ("di_core::dependency", "Lazy"),
        ("di_core::dependency", "Many"),
    ];
    let missing = names.iter().filter(|(path, name)| {
        let mut imports = program.lines().filter_map(|line| line.strip_prefix(&format!("use {path}::")));
        !imports.any(|import| import.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == *name))
    });
    missing.map(|(path, name)| format!("use {path}::{name};\n")).collect()
}

/// What the compiler said of each program.
struct Compiled {
    /// The headlines of the errors of each program; none for one that compiles.
    programs: BTreeMap<String, Vec<String>>,
}

impl Compiled {
    fn read(json: &str) -> Self {
        let mut programs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in json.lines() {
            let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let target = &message["target"];
            let is_program = target["kind"][0] == "bin";
            let program = target["name"].as_str().unwrap_or_default().to_owned();
            if message["reason"] == "compiler-artifact" && is_program {
                programs.entry(program).or_default();
            } else if message["message"]["level"] == "error" {
                let text = message["message"]["message"].as_str().unwrap_or_default();
                assert!(is_program, "`{program}` does not compile: {text}");
                if !text.starts_with("aborting") {
                    programs.entry(program).or_default().push(headline(text).to_owned());
                }
            }
        }
        Self { programs }
    }

    fn errors(&self, program: &str) -> &[String] {
        self.programs.get(program).unwrap_or_else(|| panic!("`{program}` was not compiled"))
    }
}

#[test]
#[should_panic(expected = "`di_core` does not compile: expected expression")]
fn a_library_that_does_not_compile_is_no_way_out() {
    let target = r#"{"kind":["lib"],"name":"di_core"}"#;
    let message = r#"{"level":"error","message":"expected expression"}"#;
    Compiled::read(&format!(r#"{{"reason":"compiler-message","target":{target},"message":{message}}}"#));
}

#[test]
#[should_panic(expected = "`h1` was not compiled")]
fn a_program_of_which_the_compiler_says_nothing_is_no_way_out() {
    let compiled = Compiled::read(r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"h0"}}"#);
    assert_eq!(compiled.errors("h0"), [""; 0]);
    compiled.errors("h1");
}

/// Whether the fault is gone: there are fewer than before, and nothing that was not there or is not to be expected.
fn is_way_out(help: &Help<'_>, left: &[String], cases: &[Case], leads_to: &mut prose::LeadsTo) -> bool {
    let said = cases.iter().find(|case| case.name == help.case).map_or("", |case| &case.said);
    let faults = messages(said).into_iter().filter(|message| message.starts_with("error"));
    let before: Vec<&str> = faults.map(headline).collect();
    let is_new = |error: &&str| !before.contains(error);
    let rest: Vec<&str> = left.iter().map(String::as_str).collect();
    let rest: Vec<&str> =
        rest.into_iter().filter(|error| !is_new(error) || !leads_to.has(help.case, help.text, error)).collect();
    let kinds = |errors: &[&str]| errors.iter().copied().collect::<BTreeSet<&str>>().len();
    let is_less = rest.len() < before.len() || kinds(&rest) < kinds(&before);
    is_less && !rest.iter().any(is_new)
}
