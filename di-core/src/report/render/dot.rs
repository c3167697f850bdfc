//! A report for graphviz.

use super::text::line;
use crate::report::Report;
use crate::report::analysis::share::is_coupled;
use crate::report::model::{Form, Kind, Model, Node};

pub(super) fn report(report: &Report) -> String {
    let model = &report.model;
    let mut out = format!("digraph {} {{\n", quoted(model.name()));
    line(&mut out, format_args!("    graph [rankdir=BT, fontname=\"sans-serif\", compound=true]"));
    line(&mut out, format_args!("    node [shape=box, style=rounded, fontname=\"sans-serif\"]"));
    line(&mut out, format_args!("    edge [fontname=\"sans-serif\", fontsize=10]"));
    container(&mut out, model, 0, 1);
    for link in &report.links.all {
        let Some(position) = link.edge else { continue };
        let edge = &model.nodes[link.from].edges[position];
        let style = match edge.form {
            Form::One => "solid",
            Form::Optional | Form::Factory => "dashed",
            Form::Lazy => "dotted",
            Form::Many => "bold",
        };
        let head = if is_coupled(model, link.from, position) { "diamond" } else { "empty" };
        let label = quoted(&format!("{}: {}", edge.member, edge.key));
        let (from, to) = (link.from, link.to);
        line(&mut out, format_args!("    n{from} -> n{to} [style={style}, arrowhead={head}, tooltip={label}]"));
    }
    out.push_str("}\n");
    out
}

fn container(out: &mut String, model: &Model, index: usize, depth: usize) {
    let indent = depth * 4;
    for (id, node) in model.nodes_of(index) {
        match node.inner {
            // What is inherited is drawn where it comes from.
            _ if node.kind == Kind::Inherited => {}
            Some(inner) => {
                line(out, format_args!("{:indent$}subgraph cluster_{id} {{", ""));
                let label = quoted(&format!("{}: {} ({})", node.field, node.service, node.kind.word()));
                line(out, format_args!("{:indent$}    label={label}", ""));
                // A cluster cannot be the end of an edge; a point in it can.
                line(out, format_args!("{:indent$}    n{id} [shape=point, style=invis]", ""));
                container(out, model, inner, depth + 1);
                line(out, format_args!("{:indent$}}}", ""));
            }
            None => line(out, format_args!("{:indent$}n{id} [label={}{}]", "", quoted(&label(node)), shape(node.kind))),
        }
    }
}

fn label(node: &Node) -> String {
    let mut label = format!("{}\n{}", node.field, node.service);
    if node.kind == Kind::Group {
        label = format!("every {}", node.service);
    }
    for interface in &node.interfaces {
        label.push('\n');
        label.push_str(interface);
    }
    label
}

fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Singleton | Kind::Module | Kind::Scope | Kind::Inherited => "",
        Kind::Transient => ", style=\"rounded,dashed\"",
        Kind::Input => ", shape=parallelogram",
        Kind::Group => ", shape=hexagon",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
