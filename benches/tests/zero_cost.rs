//! The room, the allocations and the machine code of a container, beside those of one written by hand.

use di_core::prelude::*;
use std::alloc::System;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use di_benches::{features, hundred, slow_start, ten};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn a_container_is_as_large_as_a_struct_with_one_arc_per_field() {
    assert_eq!(size_of::<ten::ours::App>(), size_of::<ten::by_hand::App>());
    assert_eq!(size_of::<hundred::ours::App>(), size_of::<hundred::by_hand::App>());
    assert_eq!(size_of::<features::ours::App>(), size_of::<features::by_hand::App>());
    assert_eq!(size_of::<features::ours::SymbolScope>(), size_of::<features::by_hand::SymbolScope>());
}

/// How many allocations and bytes `build` takes, at the least of many tries: other tests run on other threads.
fn allocations<T>(build: impl Fn() -> T) -> (usize, usize) {
    (0..50)
        .map(|_| {
            let region = Region::new(ALLOCATOR);
            let built = build();
            let change = region.change();
            drop(built);
            (change.allocations + change.reallocations, change.bytes_allocated)
        })
        .min()
        .unwrap_or_default()
}

#[test]
fn a_sync_build_makes_not_one_allocation_more_than_its_twin() {
    let ten = (allocations(|| ten::ours::App::build(ten::ours::AppInputs {})), allocations(ten::by_hand::App::build));
    assert_eq!(ten.0, ten.1, "ten services: allocations and bytes");
    assert_eq!(ten.0.0, 10, "one Arc per service");

    let hundred = (
        allocations(|| hundred::ours::App::build(hundred::ours::AppInputs {})),
        allocations(hundred::by_hand::App::build),
    );
    assert_eq!(hundred.0, hundred.1, "a hundred services: allocations and bytes");
    assert_eq!(hundred.0.0, 100, "one Arc per service");

    let features = (
        allocations(|| features::ours::App::build(features::ours::AppInputs {})),
        allocations(features::by_hand::App::build),
    );
    assert_eq!(features.0.0, features.1.0, "one of everything: allocations");
}

#[test]
fn a_scope_and_a_transient_make_not_one_allocation_more_than_their_twins() {
    let ours = features::ours::App::build(features::ours::AppInputs {});
    let by_hand = features::by_hand::App::build();
    assert_eq!(
        allocations(|| ours.symbol(features::ours::SymbolScopeInputs { symbol: 7 })),
        allocations(|| by_hand.symbol(7)),
    );
    assert_eq!(allocations(|| ours.shared::<features::Basket>()), allocations(|| by_hand.basket()));
}

#[test]
fn a_hundred_async_services_start_in_the_time_of_their_critical_path() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    let waited = runtime.block_on(async {
        let start = tokio::time::Instant::now();
        let _app = slow_start::App::build(slow_start::AppInputs {}).await;
        start.elapsed()
    });
    // Service 99 waits for 49, 24, 11, 5, 2 and 0, a millisecond each. Paused time makes this a count, not a time.
    let critical_path = 7.0;
    assert!(waited.as_secs_f64() * 1e3 <= critical_path * 1.05, "{waited:?} for a critical path of 7 ms");
}

#[test]
fn resolution_compiles_to_the_machine_code_of_its_twin() {
    let assembly = std::fs::read_to_string(emit_assembly()).expect("the assembly was just written");
    let functions = Functions::parse(&assembly);
    let differing: Vec<String> = [
        "interface_ref",
        "concrete_ref",
        "interface_arc",
        "concrete_arc",
        "qualified",
        "keyed",
        "group",
        "module",
        "scope_ref",
        "inherited",
        "static_dispatch",
    ]
    .into_iter()
    .filter_map(|name| {
        let (ours, by_hand) = (functions.body("ours", name), functions.body("by_hand", name));
        (ours != by_hand).then(|| format!("{name}\n--- ours\n{}\n--- by hand\n{}", ours.join("\n"), by_hand.join("\n")))
    })
    .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n\n"));
}

/// Compiles the library with optimisation and returns the file with its assembly.
fn emit_assembly() -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("di_benches.s");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["rustc", "--quiet", "--release", "--config", "profile.release.lto=false", "--lib"])
        .args(if cfg!(feature = "slowed") { &["--features", "slowed", "--"][..] } else { &["--"] })
        .arg("-Ccodegen-units=1")
        .arg(format!("--emit=asm={}", file.display()))
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the library compiles");
    file
}

/// The functions of an assembly file, by symbol.
struct Functions<'a> {
    bodies: BTreeMap<&'a str, Vec<&'a str>>,
    /// LLVM merges functions with the same code: one symbol is set to the other.
    aliases: BTreeMap<&'a str, &'a str>,
}

impl<'a> Functions<'a> {
    fn parse(assembly: &'a str) -> Self {
        let (mut bodies, mut aliases) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
        let mut current = None;
        for line in assembly.lines() {
            let trimmed = line.trim();
            let set = trimmed.strip_prefix(".set ").and_then(|set| set.split_once(", "));
            if let Some((alias, target)) = set.or_else(|| line.split_once(" = ")) {
                aliases.insert(alias, target);
            } else if trimmed.starts_with(".Lfunc_end") {
                current = None;
            } else if let Some(label) = line.strip_suffix(':').filter(|label| !label.starts_with('.')) {
                current = Some(label);
            } else if let Some(symbol) = current.filter(|_| !trimmed.starts_with('.') || trimmed.starts_with(".LBB")) {
                bodies.entry(symbol).or_default().push(trimmed);
            }
        }
        Self { bodies, aliases }
    }

    /// The instructions of `operations::side::name`, without what may differ: labels and the offset of the field.
    fn body(&self, side: &str, name: &str) -> Vec<String> {
        let path = format!("10operations{}{side}{}{name}", side.len(), name.len());
        let is_wanted = |symbol: &&&str| symbol.split(&path).nth(1).is_some_and(|rest| !rest.starts_with('_'));
        let alias = self.aliases.iter().find(|(alias, _)| is_wanted(alias)).map(|(_, target)| *target);
        let symbol = alias.or_else(|| self.bodies.keys().find(is_wanted).copied());
        let symbol = symbol.unwrap_or_else(|| panic!("no symbol for {path}"));
        let body = self.bodies.get(symbol).unwrap_or_else(|| panic!("no code for {symbol}"));
        let mut labels = Vec::new();
        body.iter().map(|line| normalised(line, &mut labels)).collect()
    }
}

/// A line with local labels in order of appearance, and with neither the offset of a field nor the name of a constant.
fn normalised<'a>(line: &'a str, labels: &mut Vec<&'a str>) -> String {
    let line = line.split('#').next().unwrap_or_default().trim();
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '-');
    let mut text = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_of_word) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_of_word(c)).unwrap_or(from.len()));
        text.push_str(before);
        if word.starts_with(".LBB") {
            let position = labels.iter().position(|label| *label == word).unwrap_or_else(|| {
                labels.push(word);
                labels.len() - 1
            });
            text.push_str(&format!("L{position}"));
        } else if word.starts_with(".L") || word.starts_with("_ZN") || word.starts_with("_R") {
            text.push_str("CONSTANT");
        } else if after.starts_with('(') && word.parse::<i64>().is_ok() {
            text.push_str("OFFSET");
        } else {
            text.push_str(word);
        }
        rest = after;
    }
    text.push_str(rest);
    text.replace(" (%", " OFFSET(%").replace("\t(%", "\tOFFSET(%")
}
