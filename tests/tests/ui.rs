//! The compiler's words about each fault. A folder per rule; those about the graph are named like their file in `check/graph`.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use di_tests::Scratch;

/// The rustc whose words the `.stderr` files hold.
const PINNED: &str = "1.95";

/// Each rule with its code; what is no fault of ours has none.
const RULES: &[(&str, Option<&str>)] = &[
    ("missing", Some("DI0001")),
    ("cycle", Some("DI0002")),
    ("duplicate", Some("DI0003")),
    ("captive", Some("DI0004")),
    ("not_a_service", Some("DI0005")),
    ("not_implemented", Some("DI0006")),
    ("not_an_object", Some("DI0007")),
    ("mode", Some("DI0008")),
    ("group", Some("DI0009")),
    ("coverage", Some("DI0010")),
    ("used", Some("DI0011")),
    ("attribute", Some("DI0012")),
    ("constructor", Some("DI0013")),
    ("winding_down", Some("DI0014")),
    ("late", Some("DI0016")),
    ("undeclared", Some("DI0017")),
    ("not_a_container", Some("DI0018")),
    ("closing", None),
];

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

/// The cases of a rule, sorted.
fn cases_of(rule: &str) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(ui().join(rule)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn must_pass(case: &Path) -> bool {
    case.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("pass"))
}

fn rustc_version() -> String {
    let output = Command::new("rustc").arg("--version").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_fault_is_reported_in_the_words_on_file() {
    let version = rustc_version();
    let is_pinned = version.starts_with(&format!("rustc {PINNED}."));
    if !is_pinned {
        println!(
            "the `.stderr` files are those of rustc {PINNED}, this is {version}: only whether a case fails is checked"
        );
    }
    let cases = trybuild::TestCases::new();
    for case in RULES.iter().flat_map(|(rule, _)| cases_of(rule)) {
        if must_pass(&case) {
            cases.pass(&case);
        } else if is_pinned {
            cases.compile_fail(&case);
        }
    }
    drop(cases);
    if !is_pinned {
        each_fault_fails();
    }
}

/// Compiles all failing cases at once, each as a program of its own.
fn each_fault_fails() {
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "each-fault-fails").unwrap();
    let mut names = Vec::new();
    for (rule, _) in RULES {
        for case in cases_of(rule).iter().filter(|case| !must_pass(case)) {
            let name = format!("{rule}-{}", case.file_stem().unwrap().to_string_lossy());
            scratch.write(&format!("src/bin/{name}.rs"), &fs::read_to_string(case).unwrap()).unwrap();
            names.push(name);
        }
    }
    let output = scratch.cargo(&["check", "--keep-going"]).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    for name in names {
        assert!(
            errors.contains(&format!("could not compile `each-fault-fails` (bin {name:?})")),
            "`{name}` compiles, or nothing does:\n{errors}"
        );
    }
}

#[test]
fn each_rule_has_a_failing_case_a_passing_case_and_a_case_with_two_faults() {
    for (rule, code) in RULES {
        let names: Vec<String> =
            cases_of(rule).iter().map(|case| case.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        assert!(names.contains(&"fail".to_owned()), "{rule}");
        assert!(names.contains(&"pass".to_owned()), "{rule}");
        assert!(code.is_none() || names.contains(&"two_faults".to_owned()), "{rule}");
    }
}

#[test]
fn each_folder_is_a_rule() {
    let folders: BTreeSet<String> =
        fs::read_dir(ui()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let rules: BTreeSet<String> = RULES.iter().map(|(rule, _)| (*rule).to_owned()).collect();
    assert_eq!(folders, rules);
}

#[test]
fn each_code_has_a_page() {
    for (rule, code) in RULES {
        let Some(code) = code else { continue };
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../di-core/docs/diagnostics").join(format!("{code}.md"));
        let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("`{rule}`: {}: {error}", page.display()));
        assert!(text.lines().next().is_some_and(|heading| heading.contains(code)), "{}", page.display());
    }
}

/// What is on file for the failing cases of a rule.
fn on_file(rule: &str) -> Vec<(PathBuf, String)> {
    let failing = cases_of(rule).into_iter().filter(|case| !must_pass(case)).map(|case| case.with_extension("stderr"));
    failing.map(|path| (path.clone(), fs::read_to_string(path).unwrap_or_default())).collect()
}

#[test]
fn each_fault_has_its_words_on_file_and_its_code_in_them() {
    let mut without_code = BTreeSet::new();
    for (rule, code) in RULES {
        for (path, text) in on_file(rule) {
            assert!(!text.is_empty(), "{} is missing", path.display());
            if code.is_some_and(|code| !text.contains(&format!("[{code}]"))) {
                without_code.insert(path.strip_prefix(ui()).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    assert_eq!(without_code, WORDED_BY_RUSTC.iter().map(|case| (*case).to_owned()).collect());
}

/// Faults that rustc sees before a macro or a constant could: their words are its own.
const WORDED_BY_RUSTC: &[&str] = &[
    "missing/input_not_given.stderr",
    "not_a_service/no_interface.stderr",
    "not_a_service/not_sync_inside.stderr",
    "not_a_service/not_visible.stderr",
    "not_an_object/supertrait.stderr",
];

/// Faults in whose notes rustc names what stands behind the macros.
const NAMES_WHAT_IS_OURS: &[&str] = &[
    "closing/fail.stderr",
    "closing/functions_of_close.stderr",
    "constructor/function_with_an_error_of_its_own.stderr",
    "constructor/post_construct.stderr",
    "constructor/returns_option.stderr",
    "group/constant_key_twice.stderr",
    "missing/exported_and_not_there.stderr",
    "missing/exported_under_another_interface.stderr",
    "missing/factory_arguments.stderr",
    "missing/factory_of_a_scope.stderr",
    "missing/factory_of_a_scope_without_inputs.stderr",
];

/// Where rustc shows what a macro of ours has declared: `close`, and what answers an export.
const TELLS_OF_A_MACRO: &[&str] = &["closing/fail.stderr", "missing/exported_under_another_interface.stderr"];

#[test]
fn no_words_on_file_speak_of_what_the_macros_write() {
    for (rule, _) in RULES {
        for (path, text) in on_file(rule) {
            for second_hand in ["unresolved import", "cannot find", "__"] {
                if second_hand == "__" && NAMES_WHAT_IS_OURS.iter().any(|case| path.ends_with(case)) {
                    continue;
                }
                assert!(!text.contains(second_hand), "{}: `{second_hand}`", path.display());
            }
            let tells_of_a_macro =
                text.contains("macro `__") && !TELLS_OF_A_MACRO.iter().any(|case| path.ends_with(case));
            assert!(!tells_of_a_macro, "{}: a macro of ours", path.display());
        }
    }
}

#[test]
fn a_fault_among_two_hundred_services_is_told_in_under_thirty_lines() {
    const SERVICES: usize = 200;
    let mut code = String::from(
        "use std::sync::Arc;\nuse di_core::{container, interface, service};\n\n#[interface]\npub trait IClock {}\n\n",
    );
    code += "#[service]\npub struct S0;\n";
    for number in 1..SERVICES {
        // Two of them need a clock, which nobody provides; all need two of those before, in layers.
        let clock = if [50, 150].contains(&number) { "clock: Arc<dyn IClock>, " } else { "" };
        let (earlier, half) = (number - number.min(20), number / 2);
        let second = if earlier == half { String::new() } else { format!(", half: Arc<S{half}>") };
        code += &format!("#[service]\npub struct S{number} {{ {clock}earlier: Arc<S{earlier}>{second} }}\n");
    }
    code += "\n#[container]\npub struct App {\n";
    for number in 0..SERVICES {
        code += &format!("    s{number}: S{number},\n");
    }
    code += "}\n";
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "two-hundred-services").unwrap();
    scratch.write("src/lib.rs", &format!("#![allow(dead_code)]\n{code}")).unwrap();
    let output = scratch.cargo(&["check", "--quiet"]).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(errors.contains("[DI0001] nothing in `App` provides `dyn IClock`"), "{errors}");
    assert_eq!(errors.matches("error[E").count(), 1, "{errors}");
    assert!(errors.lines().count() < 30, "{} lines:\n{errors}", errors.lines().count());
}

#[test]
fn a_chain_of_more_than_sixty_four_concrete_types_needs_another_limit_of_recursion() {
    let chain = |services: usize| {
        let service = |number: usize| match number.checked_sub(1) {
            None => "#[service]\npub struct S0;\n".to_owned(),
            Some(before) => format!("#[service]\npub struct S{number} {{ before: Arc<S{before}> }}\n"),
        };
        let declared: String = (0..services).map(service).collect();
        let listed: String = (0..services).map(|number| format!("    s{number}: S{number},\n")).collect();
        format!(
            "use std::sync::Arc;\nuse di_core::{{container, service}};\n{declared}#[container]\npub struct App {{\n{listed}}}\nfn main() {{}}\n"
        )
    };
    let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "chains").unwrap();
    let raised = format!("#![recursion_limit = \"512\"]\n{}", chain(200));
    for (name, program) in [("below", chain(64)), ("above", chain(65)), ("raised", raised)] {
        scratch.write(&format!("src/bin/{name}.rs"), &format!("#![allow(dead_code)]\n{program}")).unwrap();
    }
    let said = |name: &str| {
        let output = scratch.cargo(&["check", "--quiet", "--bin", name]).unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for name in ["below", "raised"] {
        let (compiles, errors) = said(name);
        assert!(compiles, "{name}: {errors}");
    }
    let (compiles, errors) = said("above");
    // Where the limit lies is for the compiler to say.
    if rustc_version().starts_with(&format!("rustc {PINNED}.")) {
        assert!(!compiles && errors.contains("error[E0320]"), "{errors}");
    }
}
