//! A report for a terminal.

use std::fmt::Write;

use super::{Extra, count, form};
use crate::report::Report;
use crate::report::analysis::difference::{Changed, Difference, Fact};
use crate::report::analysis::forecast::{Forecast, PRESUMED};
use crate::report::analysis::phase::Phase;
use crate::report::analysis::share;
use crate::report::model::{Edge, Kind, Model, Node, NodeId};

/// One line: services, interfaces, coverage and coupling.
pub(crate) fn summary(report: &Report) -> String {
    let model = &report.model;
    let services = model.nodes.iter().filter(|node| node.is_service()).count();
    let interfaces = interfaces(model).len();
    format!(
        "{}: {}, {}, coverage {}, coupling {}",
        model.name(),
        count(services, "service"),
        count(interfaces, "interface"),
        report.coverage(),
        report.coupling()
    )
}

/// The interfaces that services provide or are grouped under, each once.
fn interfaces(model: &Model) -> Vec<&str> {
    let services = model.nodes.iter().filter(|node| node.is_service());
    let all = services.flat_map(|node| node.interfaces.iter().chain(&node.group));
    let mut all: Vec<_> = all.map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    all
}

pub(super) fn report(report: &Report, extra: &Extra) -> String {
    let mut out = summary(report);
    out.push('\n');
    let chain: Vec<_> = report.longest_chain.iter().map(|node| report.model.nodes[*node].path.as_str()).collect();
    line(&mut out, format_args!("longest chain of {}: {}\n", chain.len(), chain.join(" -> ")));
    container(&mut out, &report.model, 0, 0);
    if let Some(next) = &extra.forecast {
        line(&mut out, format_args!("\n{}", forecast(next)));
    }
    out
}

/// Coverage and coupling with what lacks.
pub(crate) fn coverage(report: &Report) -> String {
    let model = &report.model;
    let mut out = format!("coverage  {} of the services answer an interface\n", report.coverage());
    for node in share::uncovered(model) {
        let node = &model.nodes[node];
        line(&mut out, format_args!("    {}: {} does not", node.path, node.service));
    }
    line(&mut out, format_args!("coupling  {} of the dependencies name a concrete type", report.coupling()));
    for (node, edge) in share::concrete_edges(model) {
        let (node, edge) = (&model.nodes[node], &model.nodes[node].edges[edge]);
        line(&mut out, format_args!("    {} asks for {} for {}", node.path, edge.key, edge.member));
    }
    out
}

fn container(out: &mut String, model: &Model, index: usize, indent: usize) {
    let container = &model.containers[index];
    line(
        out,
        format_args!("{:indent$}{} ({}, in build order)", "", container.name, count(container.order.len(), "node")),
    );
    for (position, node) in container.order.iter().enumerate() {
        let node = &model.nodes[*node];
        line(out, format_args!("{:indent$}{:>4}. {}", "", position + 1, node_line(model, node)));
        for edge in &node.edges {
            line(out, format_args!("{:indent$}        {}", "", dependency(model, edge)));
        }
        if let Some(inner) = node.inner {
            self::container(out, model, inner, indent + 8);
        }
    }
}

/// What a node is, where it stands, what it answers.
fn node_line(model: &Model, node: &Node) -> String {
    let mut line = format!("{}: {}", node.field, node.service);
    let mut tag = |text: String| {
        line.push_str("  [");
        line.push_str(&text);
        line.push(']');
    };
    if node.kind != Kind::Singleton {
        tag(node.kind.word().to_owned());
    }
    for (is, word) in [(node.is_async, "async"), (node.is_fallible, "fallible"), (node.entry, "entry")] {
        if is {
            tag(word.to_owned());
        }
    }
    if let Some(qualifier) = &node.qualifier {
        tag(format!("qualified {qualifier}"));
    }
    match (&node.group, &node.key) {
        (Some(group), Some(key)) => tag(format!("in {group} as \"{key}\"")),
        (Some(group), None) => tag(format!("in {group}")),
        _ => {}
    }
    if node.is_service()
        && let Some(index) = model.find(&node.path)
    {
        tag(Phase::of(model, index).words().to_owned());
    }
    if node.registration.answers_interfaces() && !node.interfaces.is_empty() {
        line.push_str("  provides ");
        line.push_str(&node.interfaces.join(", "));
    }
    line
}

fn dependency(model: &Model, edge: &Edge) -> String {
    let under = edge.qualifier.as_ref().map(|qualifier| format!(" under {qualifier}")).unwrap_or_default();
    let target = edge.target.map_or("absent", |target| model.nodes[target].field.as_str());
    format!("{} <- {}{}{under} ({target})", edge.member, form(edge), edge.key)
}

/// What a step would break.
pub(crate) fn forecast(forecast: &Forecast) -> String {
    let Forecast { step, breaks, changes, silent, coverage, presumed } = forecast;
    let mut out = format!("{step}: changes {}, coverage then {coverage}\n", count(changes.len(), "field"));
    if *presumed {
        line(&mut out, format_args!("    {PRESUMED}"));
    }
    match breaks.len() {
        0 => out.push_str("    nothing would break\n"),
        number => line(&mut out, format_args!("    {} would no longer compile:", count(number, "place"))),
    }
    for broken in breaks {
        line(&mut out, format_args!("    {broken}"));
    }
    if !silent.is_empty() {
        line(
            &mut out,
            format_args!("    no key would answer for {}: calls of `get` would not compile", silent.join(", ")),
        );
    }
    out
}

impl std::fmt::Display for Forecast {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&forecast(self))
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [coverage, now] = self.coverage;
        writeln!(f, "{}: coverage {coverage} -> {now}", self.name)?;
        let [coupling, now] = self.coupling;
        writeln!(f, "{}: coupling {coupling} -> {now}", self.name)?;
        if self.is_empty() {
            return writeln!(f, "the graphs are alike");
        }
        for (path, service) in &self.added {
            writeln!(f, "+ {path}: {service}")?;
        }
        for (path, service) in &self.removed {
            writeln!(f, "- {path}: {service}")?;
        }
        for Changed { path, facts } in &self.changed {
            writeln!(f, "~ {path}")?;
            for Fact { what, before, after } in facts {
                let none = || "-".to_owned();
                let (before, after) = (before.clone().unwrap_or_else(none), after.clone().unwrap_or_else(none));
                writeln!(f, "      {what}: {before} -> {after}")?;
            }
        }
        Ok(())
    }
}

/// A line; writing into a string cannot fail.
pub(super) fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
    out.push('\n');
}

/// The paths of nodes, as a list.
pub(super) fn paths(model: &Model, nodes: &[NodeId]) -> String {
    let paths: Vec<_> = nodes.iter().map(|node| model.nodes[*node].path.as_str()).collect();
    paths.join(", ")
}
