//! Instructions of each operation, as callgrind counts them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::results::{Operation, Pair};
use crate::targets::Targets;
use crate::{Error, cargo};

/// Runs the benchmark `instructions` and pairs what it counted.
pub(crate) fn measure(targets: &Targets) -> Result<BTreeMap<String, Operation>, Error> {
    let printed = cargo::bench("instructions", &[], &["--output-format=json"])?;
    let mut ours = BTreeMap::new();
    let mut by_hand = BTreeMap::new();
    for line in printed.lines().filter(|line| line.starts_with('{')) {
        let json = |source| Error::Json { what: "the output of gungraun".to_owned(), source };
        let run: Value = serde_json::from_str(line).map_err(json)?;
        let name = run.get("function_name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(count) = instructions(&run) else { return Err(Error::NotCounted(name)) };
        let side = if run.get("group").and_then(Value::as_str) == Some("our_group") { &mut ours } else { &mut by_hand };
        side.insert(name, count);
    }
    let mut operations = BTreeMap::new();
    for name in targets.operations.keys() {
        let (Some(&ours), Some(&by_hand)) = (ours.get(name), by_hand.get(name)) else {
            return Err(Error::NotCounted(name.clone()));
        };
        operations.insert(name.clone(), Operation { instructions: Pair { ours, by_hand }, time_ns: None });
    }
    Ok(operations)
}

/// The event `Ir` of the only tool that ran.
fn instructions(run: &Value) -> Option<f64> {
    run.pointer("/profiles/0/data/total/metrics/Ir/values/new")
        .or_else(|| run.pointer("/profiles/0/data/parts/0/metrics/Ir/values/new"))
        .or_else(|| run.pointer("/profiles/0/data/parts/0/metrics/Ir/values/new/Int"))?
        .as_f64()
}
