//! The time of each operation, as criterion estimates it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::results::{Pair, Results};
use crate::targets::Targets;
use crate::{Error, cargo};

/// How often a row that breaks its limit is measured: the best one counts, as noise only ever slows down.
pub(crate) const ATTEMPTS: usize = 3;

/// Runs the benchmark `times` and adds its medians to the results.
pub(crate) fn measure(targets: &Targets, results: &mut Results, short: bool) -> Result<(), Error> {
    let folder = cargo::criterion()?;
    run("times", &[], short, "")?;
    results.async_start_ns = median(&folder.join("async_start/ours"));
    for (name, limits) in &targets.operations {
        let mut best: Option<Pair> = None;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                run("times", &[], short, &format!("^{name}/"))?;
            }
            let sides = (median(&folder.join(name).join("ours")), median(&folder.join(name).join("by_hand")));
            let (Some(ours), Some(by_hand)) = sides else { break };
            let pair = Pair { ours, by_hand };
            best = Some(best.filter(|best| best.ratio() <= pair.ratio()).unwrap_or(pair));
            if pair.ratio() <= limits.time {
                break;
            }
        }
        if let Some(operation) = results.operations.get_mut(name) {
            operation.time_ns = best;
        }
    }
    Ok(())
}

/// Runs the benchmark `start`: nanoseconds in which `Application::start` starts a hundred services on paused time.
pub(crate) fn application_start(short: bool) -> Result<Option<f64>, Error> {
    run("start", &["lifecycle"], short, "")?;
    Ok(median(&cargo::criterion()?.join("application_start/ours")))
}

/// What is measured, then who it is, then the median.
pub(crate) type Groups = BTreeMap<String, BTreeMap<String, f64>>;

/// Runs the benchmark `peers`, of the other containers.
pub(crate) fn peers(short: bool) -> Result<Groups, Error> {
    groups("peers", &["peer_reference", "peer_shared", "peer_transient", "peer_build_ten"], short)
}

/// Runs the benchmark `trading`, of the path of a trade.
pub(crate) fn trading(short: bool) -> Result<Groups, Error> {
    groups("trading", &["trading_idle", "trading_order_per_trade"], short)
}

/// Runs a benchmark that stands behind the feature of its name.
fn groups(bench: &str, groups: &[&str], short: bool) -> Result<Groups, Error> {
    let folder = cargo::criterion()?;
    run(bench, &[bench], short, "")?;
    let mut all = BTreeMap::new();
    for what in groups {
        let path = folder.join(what);
        let entries = fs::read_dir(&path).map_err(|source| Error::File { path: path.clone(), source })?;
        let of_one: BTreeMap<String, f64> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| Some((entry.file_name().to_string_lossy().into_owned(), median(&entry.path())?)))
            .collect();
        all.insert((*what).to_owned(), of_one);
    }
    Ok(all)
}

/// Runs a benchmark, or those of its functions that the filter names.
pub(crate) fn run(bench: &str, features: &[&str], short: bool, filter: &str) -> Result<(), Error> {
    let mut arguments = vec!["--noplot", "--quiet"];
    if short {
        arguments.extend(["--warm-up-time", "0.1", "--measurement-time", "0.3", "--sample-size", "30"]);
    }
    if !filter.is_empty() {
        arguments.push(filter);
    }
    cargo::bench(bench, features, &arguments).map(drop)
}

/// The median in nanoseconds.
pub(crate) fn median(benchmark: &Path) -> Option<f64> {
    let text = fs::read_to_string(benchmark.join("new/estimates.json")).ok()?;
    let estimates: Value = serde_json::from_str(&text).ok()?;
    estimates.pointer("/median/point_estimate")?.as_f64()
}
