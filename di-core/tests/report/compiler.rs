//! The forecast of a change of registration, against the compiler's own word.
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

/// What would no longer compile: services with a member that nothing answers, or containers with a key that has two answers.
type Places = BTreeSet<(String, String)>;

const USUAL: usize = 20;

/// Programs with the registration of their containers today, and the next one.
struct Migration {
    today: Register,
    next: Register,
    to: Registration,
    programs: Vec<Program>,
}

impl Migration {
    /// So many programs, whose names begin with that letter.
    fn generated(letter: char, count: usize, today: Register, (next, to): (Register, Registration)) -> Self {
        let mut runner = TestRunner::deterministic();
        let strategy = programs(8, today);
        let program = |number: usize| {
            let program = strategy.new_tree(&mut runner).unwrap().current();
            Program { prefix: format!("{letter}{number}"), ..program }
        };
        Self { today, next, to, programs: (0..count).map(program).collect() }
    }

    fn step(&self, program: &Program, feature: &str) -> Option<Step> {
        match feature {
            "next" => Some(Step::everywhere(self.to)),
            _ => Some(Step::field(&format!("field{}", program.field_to_switch()?), self.to)),
        }
    }
}

fn write_crate(migrations: &[Migration]) -> PathBuf {
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
    let programs =
        || migrations.iter().flat_map(|migration| migration.programs.iter().map(move |own| (migration, own)));
    for (_, Program { prefix, .. }) in programs() {
        writeln!(source, "mod {} {{\n    include!(\"{prefix}.rs\");\n}}", prefix.to_lowercase()).unwrap();
    }
    source.push_str("fn main() {\n");
    for (Migration { today, next, .. }, program) in programs() {
        let prefix = &program.prefix;
        fs::write(folder.join(format!("src/{prefix}.rs")), program.source(*today, *next)).unwrap();
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

/// What the compiler says in that phase: services and members, and containers and keys.
fn refused(folder: &Path, feature: &str) -> [Places; 2] {
    let output = cargo(folder, &["check", "--message-format=json", "--bin", "forecast", "--features", feature]);
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rendered = messages.filter(|message| message["message"]["level"] == "error");
    let rendered: Vec<String> =
        rendered.filter_map(|error| Some(error["message"]["rendered"].as_str()?.to_owned())).collect();
    let [mut missing, mut twice] = [Places::new(), Places::new()];
    let lines = rendered.iter().flat_map(|text| text.lines().map(|line| (text.contains("[DI0003]"), line)));
    for (is_twice, line) in lines {
        // "`P3Service5` needs it for `need0`", "two bindings in `Q3App` answer `dyn IQ32`", "`Q3App` says that there is no
        // `dyn IQ32`, but something provides it", whatever frames it.
        let words: Vec<&str> = line.split('`').collect();
        for words in words.windows(4) {
            let place = || (words[0].to_owned(), words[2].to_owned());
            match words[1].trim() {
                "needs it for" if !is_twice => drop(missing.insert(place())),
                "answer" | "answers" | "says that there is no" if is_twice => drop(twice.insert(place())),
                _ => {}
            }
        }
    }
    assert!(!missing.is_empty() && !output.status.success(), "{feature}: nothing was refused: {rendered:#?}");
    [missing, twice]
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

fn missing(report: &Report, program: &Program, step: &Step) -> Places {
    let place = |broken| match broken {
        Break::Dependency { consumer, member, .. } => {
            (program.service_name(consumer.strip_prefix("field").unwrap().parse().unwrap()), member)
        }
        other => panic!("{other}"),
    };
    report.forecast(step).breaks.into_iter().map(place).collect()
}

/// Keys that would have two answers, each with those: the compiler tells one key for each set of them.
fn doubled(report: &Report, step: &Step) -> BTreeMap<(String, String), Vec<String>> {
    let place = |broken| match broken {
        Break::TwoBindings { container, key, providers } => ((container, key), providers),
        Break::NotAbsent { container, key, provider } => ((container, key), vec![provider]),
        other => panic!("{other}"),
    };
    report.forecast(step).breaks.into_iter().map(place).collect()
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
    let migrations = [
        Migration::generated('P', count, Register::Dual, (Register::Interface, Registration::Interface)),
        Migration::generated('Q', count, Register::Concrete, (Register::Dual, Registration::Dual)),
    ];
    let folder = write_crate(&migrations);
    uses_are_found(&folder);
    let today = cargo(&folder, &["run", "--quiet", "--bin", "forecast"]);
    assert!(today.status.success(), "{}", String::from_utf8_lossy(&today.stderr));
    let printed = String::from_utf8(today.stdout).unwrap();
    let reports: Vec<Report> = printed.split_terminator("\0\n").map(|text| Report::from_json(text).unwrap()).collect();
    assert_eq!(reports.len(), 2 * count);
    let (to_interfaces, to_both) = reports.split_at(count);

    for feature in ["next", "field"] {
        let [refused, refused_twice] = refused(&folder, feature);
        let [told, hidden] = keys_that_no_longer_answer(&migrations[0], to_interfaces, feature, &refused);
        let doubled = keys_with_two_answers(&migrations[1], to_both, feature, &refused_twice);
        println!("{feature}, {count} programs each: {told} places ({hidden} behind others), {doubled} doubled keys");
    }
}

/// How many there are, and how many of them the compiler hides behind others.
fn keys_that_no_longer_answer(
    migration: &Migration,
    reports: &[Report],
    feature: &str,
    refused: &Places,
) -> [usize; 2] {
    let programs = &migration.programs;
    let told = programs.iter().zip(reports);
    let told = told.filter_map(|(program, report)| Some((program, report, migration.step(program, feature)?)));
    let told: Places = told.flat_map(|(program, report, step)| missing(report, program, &step)).collect();
    let unforeseen: Vec<_> = refused.difference(&told).collect();
    assert!(unforeseen.is_empty(), "{feature}: refused and not told: {unforeseen:?}");
    let (hidden, wrong): (Vec<_>, Vec<_>) =
        told.difference(refused).partition(|place| programs.iter().any(|program| is_hidden(program, &told, place)));
    assert!(wrong.is_empty(), "{feature}: told and not refused: {wrong:?}");
    [told.len(), hidden.len()]
}

/// How many there are.
fn keys_with_two_answers(migration: &Migration, reports: &[Report], feature: &str, refused: &Places) -> usize {
    let told = migration.programs.iter().zip(reports);
    let told = told.filter_map(|(program, report)| Some(doubled(report, &migration.step(program, feature)?)));
    let told: BTreeMap<(String, String), Vec<String>> = told.flatten().collect();
    let unforeseen: Vec<_> = refused.iter().filter(|place| !told.contains_key(place)).collect();
    assert!(unforeseen.is_empty(), "{feature}: refused and not told: {unforeseen:?}");
    let spoken_for = |(container, key): &(String, String)| {
        refused.iter().any(|other| other.0 == *container && told[other] == told[&(container.clone(), key.clone())])
    };
    let wrong: Vec<_> = told.keys().filter(|place| !spoken_for(place)).collect();
    assert!(wrong.is_empty(), "{feature}: told and not refused: {wrong:?}");
    assert!(feature == "field" || !told.is_empty(), "no program has two answers for a key");
    told.len()
}
