//! A report as Markdown: the mapping document of a migration.

use super::text::{line, paths};
use super::{Extra, count};
use crate::report::Report;
use crate::report::analysis::difference::{Changed, Difference, Fact};
use crate::report::analysis::forecast::{Forecast, PRESUMED};
use crate::report::analysis::phase::{Phase, concrete_consumers};
use crate::report::analysis::share;
use crate::report::model::{Model, NodeId};

pub(super) fn report(report: &Report, extra: &Extra) -> String {
    let model = &report.model;
    let services: Vec<_> = (0..model.nodes.len()).filter(|node| model.nodes[*node].is_service()).collect();
    let mut out = format!("# {}\n\n", code(model.name()));
    line(&mut out, format_args!("| figure | value |\n| --- | --- |"));
    line(&mut out, format_args!("| services | {} |", services.len()));
    line(&mut out, format_args!("| interface coverage | {} |", report.coverage()));
    line(&mut out, format_args!("| coupling | {} |", report.coupling()));
    let chain = &report.longest_chain;
    line(&mut out, format_args!("| longest chain | {}: {} |", chain.len(), paths(model, chain)));
    line(&mut out, format_args!("\n## Mapping\n"));
    line(&mut out, format_args!("| field | service | old key | new key | phase | still asked for by type |"));
    line(&mut out, format_args!("| --- | --- | --- | --- | --- | --- |"));
    for service in services {
        line(&mut out, format_args!("{}", row(model, service)));
    }
    edges(&mut out, model);
    if let Some(forecast) = &extra.forecast {
        line(&mut out, format_args!("\n{}", forecast_section(forecast).trim_end()));
    }
    out
}

fn row(model: &Model, index: NodeId) -> String {
    let node = &model.nodes[index];
    let phase = Phase::of(model, index);
    let by_interface = node.interfaces.iter().map(|interface| format!("Arc<{interface}>"));
    let by_group = node.group.iter().map(|group| format!("Many<{group}>"));
    let new: Vec<_> = by_interface.chain(by_group).map(|key| code(&key)).collect();
    let consumers = concrete_consumers(model, index);
    let consumers: Vec<_> = consumers
        .iter()
        .map(|(consumer, edge)| {
            let consumer = &model.nodes[*consumer];
            code(&format!("{}.{}", consumer.path, consumer.edges[*edge].member))
        })
        .collect();
    format!(
        "| {} | {} | {} | {} | {} {} | {} |",
        code(&node.path),
        code(&node.service),
        code(&format!("Arc<{}>", node.service)),
        or_dash(new.join(", ")),
        phase.number(),
        phase.words(),
        or_dash(consumers.join(", "))
    )
}

/// What lacks: services without an interface, and dependencies that name a concrete type.
fn edges(out: &mut String, model: &Model) {
    let uncovered = share::uncovered(model);
    if !uncovered.is_empty() {
        line(out, format_args!("\n## Services that answer no interface\n"));
        for node in uncovered {
            let node = &model.nodes[node];
            line(out, format_args!("- {}: {}", code(&node.path), code(&node.service)));
        }
    }
    let concrete = share::concrete_edges(model);
    if !concrete.is_empty() {
        line(out, format_args!("\n## Dependencies that name a concrete type\n"));
        for (node, edge) in concrete {
            let (node, edge) = (&model.nodes[node], &model.nodes[node].edges[edge]);
            line(out, format_args!("- {} asks for {} for {}", code(&node.path), code(&edge.key), code(&edge.member)));
        }
    }
}

fn forecast_section(forecast: &Forecast) -> String {
    let Forecast { step, breaks, changes, silent, coverage, presumed } = forecast;
    let mut out = format!("## What {} would break\n\n", code(&step.to_string()));
    line(&mut out, format_args!("It changes {}; coverage is then {coverage}.\n", count(changes.len(), "field")));
    if *presumed {
        line(&mut out, format_args!("({PRESUMED})\n"));
    }
    if breaks.is_empty() {
        line(&mut out, format_args!("Nothing would break."));
    }
    for broken in breaks {
        line(&mut out, format_args!("- {broken}"));
    }
    if !silent.is_empty() {
        let silent: Vec<_> = silent.iter().map(|path| code(path)).collect();
        line(
            &mut out,
            format_args!("- no key would answer for {}: calls of `get` would not compile", silent.join(", ")),
        );
    }
    out
}

impl Difference {
    /// As Markdown, for the comment on a pull request.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("## {}\n\n", code(&self.name));
        line(&mut out, format_args!("| figure | before | after |\n| --- | --- | --- |"));
        let [before, after] = self.coverage;
        line(&mut out, format_args!("| interface coverage | {before} | {after} |"));
        let [before, after] = self.coupling;
        line(&mut out, format_args!("| coupling | {before} | {after} |"));
        if self.is_empty() {
            line(&mut out, format_args!("\nThe graphs are alike."));
            return out;
        }
        for (title, nodes) in [("Added", &self.added), ("Removed", &self.removed)] {
            if !nodes.is_empty() {
                line(&mut out, format_args!("\n### {title}\n"));
            }
            for (path, service) in nodes {
                line(&mut out, format_args!("- {}: {}", code(path), code(service)));
            }
        }
        if !self.changed.is_empty() {
            line(
                &mut out,
                format_args!("\n### Changed\n\n| field | what | before | after |\n| --- | --- | --- | --- |"),
            );
        }
        for Changed { path, facts } in &self.changed {
            for Fact { what, before, after } in facts {
                let value = |value: &Option<String>| value.as_ref().map_or("-".to_owned(), |value| code(value));
                line(
                    &mut out,
                    format_args!("| {} | {} | {} | {} |", code(path), cell(what), value(before), value(after)),
                );
            }
        }
        out
    }
}

/// Code in a table: a bar would end the cell even there.
fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}
