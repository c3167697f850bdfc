//! A report for Mermaid.

use super::text::line;
use crate::report::Report;
use crate::report::analysis::share::is_coupled;
use crate::report::model::{Form, Kind, Model, Node};

pub(super) fn report(report: &Report) -> String {
    let model = &report.model;
    let mut out = "flowchart BT\n".to_owned();
    container(&mut out, model, 0, 1);
    for link in &report.links.all {
        let Some(position) = link.edge else { continue };
        let arrow = match (model.nodes[link.from].edges[position].form, is_coupled(model, link.from, position)) {
            (Form::Optional | Form::Lazy | Form::Factory, _) => "-.->",
            (Form::Many, _) => "==>",
            (Form::One, true) => "--x",
            (Form::One, false) => "-->",
        };
        line(&mut out, format_args!("    n{} {arrow} n{}", link.from, link.to));
    }
    out
}

fn container(out: &mut String, model: &Model, index: usize, depth: usize) {
    let indent = depth * 4;
    for (id, node) in model.nodes_of(index) {
        match node.inner {
            _ if node.kind == Kind::Inherited => {}
            Some(inner) => {
                let title = quoted(&format!("{}: {} ({})", node.field, node.service, node.kind.word()));
                line(out, format_args!("{:indent$}subgraph n{id} [{title}]", ""));
                container(out, model, inner, depth + 1);
                line(out, format_args!("{:indent$}end", ""));
            }
            None => {
                let label = quoted(&label(node));
                match node.kind {
                    Kind::Input => line(out, format_args!("{:indent$}n{id}[/{label}/]", "")),
                    Kind::Group => line(out, format_args!("{:indent$}n{id}{{{{{label}}}}}", "")),
                    Kind::Transient => line(out, format_args!("{:indent$}n{id}({label})", "")),
                    _ => line(out, format_args!("{:indent$}n{id}[{label}]", "")),
                }
            }
        }
    }
}

fn label(node: &Node) -> String {
    match node.kind {
        Kind::Group => format!("every {}", node.service),
        _ => format!("{}: {}", node.field, node.service),
    }
}

/// Mermaid reads entities in quoted labels, and Markdown, which it must not.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            '`' => out.push_str("#96;"),
            '*' => out.push_str("#42;"),
            '_' => out.push_str("#95;"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
