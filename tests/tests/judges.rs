//! Reports before the programs that read them: graphviz, Mermaid's parser, a validator of schemas, a browser and axe.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

#[path = "../../di-core/tests/report/sample.rs"]
mod sample;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use di_core::report::{Format, Registration, Report};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is judged: the committed reports, which other tests hold to be true, and graphs of several sizes.
fn reports() -> Vec<(String, Report)> {
    let committed = ["di-core/tests/report/expected/platform.json", "trading-services/report/platform.json"];
    let committed = committed.iter().filter(|path| root().join(path).exists()).map(|path| {
        let name = path.split('/').next().unwrap().to_owned();
        (name, Report::from_json(&fs::read_to_string(root().join(path)).unwrap()).unwrap())
    });
    let samples =
        [20, 60, 200].map(|size| (format!("sample-{size}"), Report::from_json(&sample::saved(size)).unwrap()));
    committed.chain(samples).collect()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a judge; its words are the message.
fn judged_by(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}: tests/judges.sh installs it"));
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{said}");
}

#[test]
fn graphviz_reads_the_dot() {
    for (name, report) in reports() {
        let file = folder("judged-dot").join(format!("{name}.dot"));
        fs::write(&file, report.render(Format::Dot)).unwrap();
        judged_by(Command::new("dot").arg("-Tsvg").arg(&file).arg("-o").arg(file.with_extension("svg")));
    }
}

#[test]
fn the_json_fits_its_schema() {
    let folder = folder("judged-json");
    for (name, report) in reports() {
        let mut options = di_core::report::Options::default();
        options.format = Some(Format::Json);
        options.next = Some(Registration::Interface);
        let mut out = Vec::new();
        options.print(&report, &mut out).unwrap();
        fs::write(folder.join(format!("{name}.json")), out).unwrap();
    }
    judged_by(
        Command::new("python3")
            .arg(root().join("tests/judges/schema.py"))
            .arg(root().join("docs/report.schema.json"))
            .arg(folder),
    );
}

/// Keys without a default, and what they ask of others; the others are in what `config check` prints.
const WITHOUT_DEFAULT: &str = r#"
version = 2
[alerts]
escalate_after = "5m"
escalate_to = "file"
fallback = "file"
file.path = "alerts.jsonl"
webhook.url = "https://example.org/hook"
[exchange]
order = ["bybit"]
[http]
address = "127.0.0.1:8080"
[live]
record = "live.gz"
[portfolio.rates]
USD = "1"
[replay]
file = "recording.gz"
venue = "bybit"
[run]
duration = "1m"
events = 7
log = "events.log"
[store]
folder = "state"
keep = "720h"
"#;

/// What the platform says.
fn platform(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "-p", "trading-services", "--"]).args(arguments).current_dir(root());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn files_of_settings_fit_the_schema_that_editors_have_and_nothing_else_does() {
    let folder = folder("judged-settings");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let some = write("some.toml", WITHOUT_DEFAULT);
    let schema = write("schema.json", &platform(&["config", "schema"]));
    // The program itself takes it, and says all keys.
    let full = write("full.toml", &platform(&["config", "check", "--config", some.to_str().unwrap()]));
    let docs = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let examples: Vec<_> = docs.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!examples.is_empty(), "the docs have an example");
    let examples = examples.iter().enumerate().map(|(number, text)| write(&format!("example-{number}.toml"), text));
    judged_by(
        Command::new("python3")
            .arg(root().join("tests/judges/settings.py"))
            .args([&schema, &full, &some])
            .args(examples),
    );
}

#[test]
fn mermaid_a_browser_and_axe_find_nothing() {
    let folder = folder("judged-in-a-browser");
    // A browser takes its time: the smallest and the largest tell what those between would.
    for (name, report) in reports().into_iter().filter(|(name, _)| name != "sample-60") {
        fs::write(folder.join(format!("{name}.mmd")), report.render(Format::Mermaid)).unwrap();
        fs::write(folder.join(format!("{name}.html")), report.render(Format::Html)).unwrap();
    }
    let mut options = di_core::report::Options::default();
    options.diff = Some(root().join("di-core/tests/report/expected/platform.json"));
    options.out = Some(folder.join("difference.html"));
    let sample = Report::from_json(&sample::saved(20)).unwrap();
    options.print(&sample, &mut Vec::new()).unwrap();
    judged_by(Command::new("node").arg(root().join("tests/judges/judge.mjs")).arg(folder));
}
