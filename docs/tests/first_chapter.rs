//! The guide's first chapter, tried from an empty folder with exactly its words.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// What a reader does: a command to type, or a file to write.
#[derive(Debug)]
enum Step {
    Type(String),
    Write(String),
}

/// The steps of the chapter, up to the part that must not compile.
fn steps(chapter: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut blocks = chapter.split("\n```");
    blocks.next();
    // Text and fences take turns.
    for block in blocks.step_by(2) {
        let (language, content) = block.split_once('\n').unwrap();
        match language {
            "console" => steps.extend(
                content.lines().filter_map(|line| line.strip_prefix("$ ")).map(|line| Step::Type(line.to_owned())),
            ),
            "rust" => steps.push(Step::Write(content.to_owned())),
            _ => {}
        }
    }
    steps
}

fn typed(words: &str, folder: &Path, target: &Path) -> Output {
    let mut words = words.split_whitespace();
    assert_eq!(words.next(), Some("cargo"), "only cargo is typed");
    let mut command = Command::new(env!("CARGO"));
    command.args(words).current_dir(folder).env("CARGO_TARGET_DIR", target).env("CARGO_NET_OFFLINE", "true");
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn ten_minutes_lead_from_an_empty_folder_to_a_tested_service() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    // Outside of this workspace, as a reader's folder is: cargo looks for packages of a workspace in the folders below it.
    let empty = tempfile::tempdir().unwrap();
    let start = empty.path().to_owned();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("first-chapter");
    std::os::unix::fs::symlink(&root, start.join("di-core")).unwrap();
    let chapter = fs::read_to_string(root.join("docs/guide/01-getting-started.md")).unwrap();
    let steps = steps(&chapter);
    let mut folder = start.clone();
    let mut outputs = Vec::new();
    for step in &steps {
        match step {
            Step::Type(words) if words.starts_with("cd ") => {
                folder = folder.join(words.trim_start_matches("cd "));
                // What is there already need not be looked up.
                fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
            }
            Step::Type(words) => {
                let output = typed(words, &folder, &target);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "`{words}`: {said}");
                outputs.push((words.clone(), String::from_utf8(output.stdout).unwrap()));
            }
            Step::Write(text) => fs::write(folder.join("src/main.rs"), text).unwrap(),
        }
    }
    let said = |words: &str| &outputs.iter().find(|(own, _)| own == words).unwrap().1;
    assert!(said("cargo run").starts_with("Good "), "{outputs:?}");
    assert!(said("cargo test").contains("test tests::at_noon_it_is_day ... ok"), "{outputs:?}");
}
