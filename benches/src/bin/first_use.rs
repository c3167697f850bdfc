//! First impressions in figures: the time from `cargo new` to a service that was resolved, and the size of a program.
//!
//! `cargo run -p di-benches --bin first_use`. Everything happens in a temporary folder, with a cargo home and a target
//! folder that are empty: it downloads the few crates that `di-core` needs.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use di_benches::files::{FileError, workspace, write};
use di_benches::generate::{Shape, source};
use tempfile::TempDir;

/// How many services the programs that are weighed have.
const SERVICES: usize = 100;

/// What a beginner writes.
const FIRST: &str = "\
use di_core::{container, service};

#[service]
struct Greeting;

#[container]
struct App {
    greeting: Greeting,
}

impl Greeting {
    fn text(&self) -> &'static str {
        \"resolved\"
    }
}

fn main() {
    println!(\"{}\", App::build(AppInputs {}).get::<Greeting>().text());
}
";

/// What can go wrong while measuring.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{command} failed:\n{output}")]
    Command { command: String, output: String },
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the program printed {0:?} and no service")]
    NotResolved(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to report to if standard error is closed.
            let _closed = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let folder = TempDir::with_prefix("di-first-use-")?;
    let text = format!("{}\n{}", first_service(folder.path())?, sizes(folder.path())?);
    writeln!(io::stdout().lock(), "{text}")?;
    let results = workspace().join("results");
    fs::create_dir_all(&results)?;
    Ok(write(&results.join("first_use.md"), &text)?)
}

/// The time until a service is resolved, step by step, on caches that are empty.
fn first_service(folder: &Path) -> Result<String, Error> {
    let home = folder.join("home");
    fs::create_dir_all(&home)?;
    // Where the registry is reached may be configured there.
    let configured = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let configured = configured.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    if let Some(config) = configured.map(|folder| folder.join("config.toml")).filter(|config| config.exists()) {
        fs::copy(&config, home.join("config.toml")).map_err(FileError::at(config))?;
    }
    let project = folder.join("first");
    let step = |folder: &Path, arguments: &[&str]| -> Result<(f64, String), Error> {
        let start = Instant::now();
        let printed = cargo(folder, arguments, &[("CARGO_HOME", &home), ("CARGO_TARGET_DIR", &folder.join("target"))])?;
        Ok((start.elapsed().as_secs_f64(), printed))
    };
    let dependency = workspace().join("di-core").display().to_string();
    let (new, _) = step(folder, &["new", "--quiet", "--vcs", "none", "first"])?;
    let (add, _) = step(&project, &["add", "--quiet", "--path", &dependency, "di-core"])?;
    write(&project.join("src/main.rs"), FIRST)?;
    let (fetch, _) = step(&project, &["fetch", "--quiet"])?;
    let (compile, printed) = step(&project, &["run", "--quiet"])?;
    if printed.trim() != "resolved" {
        return Err(Error::NotResolved(printed));
    }
    let (_, tree) = step(&project, &["tree", "--prefix", "none", "--edges", "normal,build"])?;
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();

    let mut table = markdown(["step", "seconds"]);
    let all = new + add + fetch + compile;
    let steps = [
        ("`cargo new` and `cargo add`", new + add),
        ("download", fetch),
        ("compile everything and run", compile),
        ("together", all),
    ];
    for (what, seconds) in steps {
        table.add_row([what.to_owned(), format!("{seconds:.1}")]);
    }
    Ok(format!(
        "## From `cargo new` to a service\n\nWith an empty cargo home and an empty target folder; {} crates, \
         `di-core` included.\nWritten by `cargo run -p di-benches --bin first_use`.\n\n{table}\n",
        // The first of them is the project.
        crates.len().saturating_sub(1)
    ))
}

/// What a program with that many services weighs, beside one that is wired by hand.
fn sizes(folder: &Path) -> Result<String, Error> {
    let mut table = markdown(["program", "ours (KB)", "by hand (KB)", "ratio"]);
    let ours = program(folder, Shape::Ours)?;
    let by_hand = program(folder, Shape::ByHand)?;
    for (what, profile) in [("debug", "debug"), ("release", "release"), ("release, stripped", "stripped")] {
        let kilobytes = |project: &Path| -> Result<f64, Error> {
            let path = project.join("target").join(profile).join("program");
            let file = fs::metadata(&path).map_err(FileError::at(path))?;
            Ok(file.len() as f64 / 1024.0)
        };
        let (ours, by_hand) = (kilobytes(&ours)?, kilobytes(&by_hand)?);
        let ratio = format!("{:.2}", ours / by_hand);
        table.add_row([what.to_owned(), format!("{ours:.0}"), format!("{by_hand:.0}"), ratio]);
    }
    Ok(format!("A program with {SERVICES} services weighs, standard library included:\n\n{table}\n"))
}

/// Builds the program in three profiles, and returns its folder.
fn program(folder: &Path, shape: Shape) -> Result<PathBuf, Error> {
    let project = folder.join(shape.name());
    let last = SERVICES - 1;
    let (dependency, value) = match shape {
        Shape::ByHand => (String::new(), format!("App::build().s{last}.value()")),
        _ => (
            format!("di-core = {{ path = {:?} }}", workspace().join("di-core")),
            format!("App::build(AppInputs {{}}).get::<dyn I{last}>().value()"),
        ),
    };
    let manifest = format!(
        "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n\
         [profile.stripped]\ninherits = \"release\"\nstrip = true\n\n[workspace]\n"
    );
    write(&project.join("Cargo.toml"), &manifest)?;
    write(&project.join("src/wiring.rs"), &source(shape, SERVICES))?;
    let main = format!("mod wiring;\nuse wiring::*;\n\nfn main() {{\n    println!(\"{{}}\", {value});\n}}\n");
    write(&project.join("src/main.rs"), &main)?;
    for profile in ["dev", "release", "stripped"] {
        let arguments = ["build", "--quiet", "--profile", profile];
        cargo(&project, &arguments, &[("CARGO_TARGET_DIR", &project.join("target"))])?;
    }
    Ok(project)
}

/// Runs cargo and returns what it printed.
fn cargo(folder: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> Result<String, Error> {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.current_dir(folder).args(arguments).envs(environment.iter().copied());
    // What cargo tells its own children about this package is of no use to another one.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_MANIFEST_DIR");
    let output = command.output()?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Command { command: format!("{command:?}"), output });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn markdown<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    table
}
