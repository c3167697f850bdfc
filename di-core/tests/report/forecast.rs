//! The forecast of a change of registration, against an independent model of the rules.

use std::collections::BTreeSet;

use di_core::report::{Break, Registration, Report, Step};
use proptest::prelude::*;

use crate::program::{Fault, Program, Register, programs};

fn word(register: Register) -> Registration {
    match register {
        Register::Concrete => Registration::Concrete,
        Register::Dual => Registration::Dual,
        Register::Interface => Registration::Interface,
    }
}

fn number(name: &str, prefix: &str) -> usize {
    name.strip_prefix(prefix).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name}: {prefix}.."))
}

/// The forecast in the words of the model.
fn forecast(program: &Program, today: Register, next: Register) -> BTreeSet<Fault> {
    let report = Report::from_json(&program.saved(today).to_string()).unwrap();
    let forecast = report.forecast(&Step::everywhere(word(next)));
    let fault = |broken| match broken {
        Break::Dependency { consumer, member, .. } => {
            Fault::Missing(number(&consumer, "field"), number(&member, "need"))
        }
        Break::TwoBindings { key, .. } => Fault::TwoBindings(number(&key, "dyn I")),
        Break::NotAbsent { key, .. } => Fault::NotAbsent(number(&key, "dyn I")),
        other => panic!("{other}"),
    };
    forecast.breaks.into_iter().map(fault).collect()
}

fn check(program: &Program, today: Register, next: Register) {
    assert_eq!(program.faults(today, today), BTreeSet::new(), "the program does not compile today");
    assert_eq!(forecast(program, today, next), program.faults(next, today), "{today:?} -> {next:?}\n{program:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn the_step_from_both_keys_to_one_breaks_what_the_model_says(program in programs(8, Register::Dual)) {
        check(&program, Register::Dual, Register::Interface);
        check(&program, Register::Dual, Register::Concrete);
    }

    #[test]
    fn the_step_from_concrete_keys_breaks_what_the_model_says(program in programs(8, Register::Concrete)) {
        check(&program, Register::Concrete, Register::Dual);
        check(&program, Register::Concrete, Register::Interface);
    }
}
