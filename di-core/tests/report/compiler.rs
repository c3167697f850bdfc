//! What a change of registration breaks, against the compiler's own word.
//!
//! Random programs stand side by side in one crate. It is run as it is, to print the report of each container, and checked
//! with the change made. `FORECAST_PROGRAMS=200 cargo test -p di-core --features report --test report compiler` takes so
//! many.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use di_core::report::{Break, ConcreteUse, Registration, Report, Step};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::program::{Program, Register, programs};

/// The services and members that would no longer compile.
type Places = BTreeSet<(String, String)>;

const USUAL: usize = 20;

fn generated(count: usize) -> Vec<Program> {
    let mut runner = TestRunner::deterministic();
    let strategy = programs(8, Register::Dual);
    let program = |number: usize| {
        let program = strategy.new_tree(&mut runner).unwrap().current();
        Program { prefix: format!("P{number}"), ..program }
    };
    (0..count).map(program).collect()
}

fn write_crate(programs: &[Program]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("forecast");
    fs::create_dir_all(folder.join("src")).unwrap();
    let core = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]\nname = \"forecast\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[features]\nnext = []\nfield = []\n\n\
         [dependencies]\ndi-core = {{ path = {core:?}, features = [\"report\"] }}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(Path::new(core).join("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut source = "#![allow(dead_code, unused_imports, deprecated)]\n".to_owned();
    for Program { prefix, .. } in programs {
        writeln!(source, "mod {} {{\n    include!(\"{prefix}.rs\");\n}}", prefix.to_lowercase()).unwrap();
    }
    source.push_str("fn main() {\n");
    for program in programs {
        let prefix = &program.prefix;
        fs::write(folder.join(format!("src/{prefix}.rs")), program.source()).unwrap();
        let app = format!("{}::{prefix}App", prefix.to_lowercase());
        let report = format!("di_core::report::Report::of::<{app}>().render(di_core::report::Format::Json)");
        writeln!(source, "    println!(\"{{}}\\0\", {report});").unwrap();
    }
    source.push_str("}\n");
    fs::write(folder.join("src/main.rs"), source).unwrap();
    folder
}

fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let target = folder.join("target");
    let command = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output();
    command.unwrap()
}

/// What the compiler says in that phase.
fn refused(folder: &Path, feature: &str) -> Places {
    let output = cargo(folder, &["check", "--message-format=json", "--bin", "forecast", "--features", feature]);
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rendered = messages.filter(|message| message["message"]["level"] == "error");
    let rendered: Vec<String> =
        rendered.filter_map(|error| Some(error["message"]["rendered"].as_str()?.to_owned())).collect();
    let mut places = Places::new();
    for line in rendered.iter().flat_map(|text| text.lines()) {
        // "`P3Service5` needs it for `need0`", whatever frames it.
        let words: Vec<&str> = line.split('`').collect();
        for words in
            words.windows(4).filter(|words| words[1].ends_with(" needs it for ") || words[1] == " needs it for ")
        {
            places.insert((words[0].to_owned(), words[2].to_owned()));
        }
    }
    assert!(!places.is_empty() && !output.status.success(), "{feature}: nothing was refused: {rendered:#?}");
    places
}

/// Whether what a place asks for is a transient that has faults of its own: the compiler names those first.
fn is_hidden(program: &Program, told: &Places, (service, member): &(String, String)) -> bool {
    let consumer = (0..program.services.len()).find(|own| program.service_name(*own) == *service);
    let Some(consumer) = consumer else { return false };
    let need = &program.services[consumer].needs[member.strip_prefix("need").unwrap().parse::<usize>().unwrap()];
    program.answering(need.key, Register::Dual).into_iter().any(|own| {
        program.services[own].transient && told.iter().any(|(faulty, _)| *faulty == program.service_name(own))
    })
}

fn forecast(report: &Report, program: &Program, step: &Step) -> Places {
    let place = |broken| match broken {
        Break::Dependency { consumer, member, .. } => {
            (program.service_name(consumer.strip_prefix("field").unwrap().parse().unwrap()), member)
        }
        other => panic!("{other}"),
    };
    report.forecast(step).breaks.into_iter().map(place).collect()
}

/// The report of a container, with what its graph does not tell: which fields have a registration of their own.
fn report(program: &Program, printed: &str) -> Report {
    let mut saved: Value = serde_json::from_str(printed).unwrap();
    let explicit: BTreeMap<String, bool> = program
        .services
        .iter()
        .enumerate()
        .map(|(own, service)| (format!("field{own}"), service.register.is_some()))
        .collect();
    for node in saved["nodes"].as_array_mut().unwrap() {
        let known = node.get("explicit").is_some();
        if let (false, Some(explicit)) = (known, explicit.get(node["path"].as_str().unwrap())) {
            node["explicit"] = Value::Bool(*explicit);
        }
    }
    Report::from_json(&saved.to_string()).unwrap()
}

/// Asks for a concrete type in each way there is outside of the graph, and for an interface.
const USES: &str = r#"#![allow(dead_code)]
use std::sync::Arc;

use di_core::{Container, Provides, container, interface, service};

#[interface]
pub trait IExchange {}

#[service(provides = IExchange)]
pub struct Bybit;

impl IExchange for Bybit {}

#[interface]
pub trait IClock {}

#[service(provides = IClock)]
pub struct Clock;

impl IClock for Clock {}

#[cfg_attr(feature = "next", container(register = interface))]
#[cfg_attr(not(feature = "next"), container)]
pub struct App {
    exchange: Bybit,
    clock: Clock,
}

fn exchange_of<C: Container + Provides<Bybit>>(container: &C) -> Arc<Bybit> {
    container.shared()
}

fn main() {
    let app = App::build(AppInputs {});
    app.get::<Bybit>();
    let inferred: &Bybit = app.get();
    let shared: Arc<Bybit> = app.shared();
    let by_interface: &dyn IExchange = app.get();
    exchange_of(&app);
}
"#;

/// The places in that source which ask for the concrete type.
const PLACES: [(u32, &str); 4] = [
    (35, "app.get::<Bybit>();"),
    (36, "let inferred: &Bybit = app.get();"),
    (37, "let shared: Arc<Bybit> = app.shared();"),
    (39, "exchange_of(&app);"),
];

fn uses_are_found(folder: &Path) {
    fs::create_dir_all(folder.join("src/bin")).unwrap();
    fs::write(folder.join("src/bin/uses.rs"), USES).unwrap();
    let check = ["check", "--message-format=json", "--bin", "uses"];
    let found = |output: Output| ConcreteUse::all(&String::from_utf8(output.stdout).unwrap()).unwrap();
    assert_eq!(found(cargo(folder, &check)), []);
    let output = cargo(folder, &[&check[..], &["--features", "next"]].concat());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = found(output);
    let places: Vec<_> = found.iter().map(|found| (found.line, found.text.trim())).collect();
    assert_eq!(places, PLACES, "{said}");
    assert!(found.iter().all(|found| found.key == "Bybit" && found.container == "App"), "{found:?}");
}

#[test]
fn the_forecast_and_the_uses_are_the_compilers_word() {
    let count = std::env::var("FORECAST_PROGRAMS").map_or(USUAL, |count| count.parse().unwrap());
    let programs = generated(count);
    let folder = write_crate(&programs);
    uses_are_found(&folder);
    let today = cargo(&folder, &["run", "--quiet", "--bin", "forecast"]);
    assert!(today.status.success(), "{}", String::from_utf8_lossy(&today.stderr));
    let printed = String::from_utf8(today.stdout).unwrap();
    let reports: Vec<Report> =
        programs.iter().zip(printed.split_terminator("\0\n")).map(|(p, text)| report(p, text)).collect();
    assert_eq!(reports.len(), count);

    for feature in ["next", "field"] {
        let step = |program: &Program| match feature {
            "next" => Some(Step::everywhere(Registration::Interface)),
            _ => Some(Step::field(&format!("field{}", program.field_to_switch()?), Registration::Interface)),
        };
        let told =
            programs.iter().zip(&reports).filter_map(|(program, report)| Some((program, report, step(program)?)));
        let told: Places = told.flat_map(|(program, report, step)| forecast(report, program, &step)).collect();
        let refused = refused(&folder, feature);
        let unforeseen: Vec<_> = refused.difference(&told).collect();
        assert!(unforeseen.is_empty(), "{feature}: refused and not told: {unforeseen:?}");
        let (hidden, wrong): (Vec<_>, Vec<_>) = told
            .difference(&refused)
            .partition(|place| programs.iter().any(|program| is_hidden(program, &told, place)));
        assert!(wrong.is_empty(), "{feature}: told and not refused: {wrong:?}");
        println!("{feature}: {} places in {count} programs, {} of them behind others", told.len(), hidden.len());
    }
}
