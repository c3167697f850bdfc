//! Cards of services, which can be read without the picture.

use super::{escape, link, put, svg};
use crate::report::Report;
use crate::report::analysis::candidates::{self, Verdict};
use crate::report::analysis::phase::Phase;
use crate::report::analysis::reach;
use crate::report::analysis::share::is_coupled;
use crate::report::model::{Edge, Kind, NodeId, Place};
use crate::report::render::{Extra, form};

/// How many names a list has before it is cut.
const LISTED: usize = 8;

pub(super) fn section(out: &mut String, report: &Report, extra: &Extra) {
    out.push_str("<section id=\"services\">\n<h2>Services</h2>\n<div class=\"cards\">\n");
    for (index, node) in report.model.nodes.iter().enumerate() {
        if node.kind != Kind::Inherited {
            card(out, report, index, extra);
        }
    }
    out.push_str("</div>\n</section>\n");
}

fn card(out: &mut String, report: &Report, index: NodeId, extra: &Extra) {
    let model = &report.model;
    let node = &model.nodes[index];
    put!(out, "<article id=\"s{index}\">");
    put!(out, "<h3>{}</h3>", escape(&node.service));
    let mut facts = vec![format!("<code>{}</code><br>{}", escape(&node.path), node.kind.word())];
    if node.is_service() {
        let phase = Phase::of(model, index);
        facts.push(format!("<b class=\"{}\">{} {}</b>", svg::class(phase), svg::sign(phase), phase.words()));
    }
    for (is, word) in [
        (node.is_async, "async"),
        (node.is_fallible, "fallible"),
        (node.entry, "entry"),
        (node.has_args, "takes arguments"),
    ] {
        if is {
            facts.push(word.to_owned());
        }
    }
    if node.is_service() && candidates::is_unused(model, index) {
        facts.push("nothing uses it".to_owned());
    }
    facts.push(format!("layer {}", report.layers[index] + 1));
    put!(out, "<p class=\"facts\">{}</p><dl>", facts.join(" \u{b7} "));
    if !node.interfaces.is_empty() {
        let word = if node.inner.is_some() { "Exports" } else { "Provides" };
        put!(out, "<dt>{word}<dd><code>{}</code>", escape(&node.interfaces.join(", ")));
    }
    if let Some(group) = &node.group {
        let key = node.key.as_ref().map(|key| format!(" as \"{key}\"")).unwrap_or_default();
        put!(out, "<dt>Group<dd><code>{}</code>{}", escape(group), escape(&key));
    }
    if let Some(qualifier) = &node.qualifier {
        put!(out, "<dt>Qualifier<dd><code>{}</code>", escape(qualifier));
    }
    if let Some(replaced) = &node.replaces {
        put!(out, "<dt>Replaces<dd><code>{}</code>", escape(replaced));
    }
    let places = [("service", &node.service_at), ("field", &node.field_at)];
    let known = places.iter().filter_map(|(what, place)| Some((what, place.as_ref()?)));
    for (what, Place { file, line }) in known.filter(|_| !extra.without_places) {
        put!(out, "<dt>Line of the {what}<dd><code>{}:{line}</code>", escape(file));
    }
    if !node.edges.is_empty() {
        let word = match node.kind {
            Kind::Group => "Members",
            Kind::Module | Kind::Scope => "Inherits",
            _ => "Depends on",
        };
        put!(out, "<dt>{word} ({})<dd><ul>", node.edges.len());
        for (position, edge) in node.edges.iter().enumerate() {
            dependency(out, report, (index, position), edge);
        }
        out.push_str("</ul>");
    }
    used_by(out, report, index);
    out.push_str("</dl></article>\n");
}

fn dependency(out: &mut String, report: &Report, (consumer, position): (NodeId, usize), edge: &Edge) {
    let model = &report.model;
    let class = if is_coupled(model, consumer, position) { " class=\"c\"" } else { "" };
    put!(out, "<li{class}>{}: {}<code>{}</code>", escape(&edge.member), form(edge), escape(&edge.key));
    if let Some(qualifier) = &edge.qualifier {
        put!(out, " under <code>{}</code>", escape(qualifier));
    }
    let resolved = report.links.needs[consumer].iter().map(|link| report.links.all[*link]);
    let resolved = resolved.filter(|link| link.edge == Some(position)).map(|link| link.to).next().or(edge.target);
    match resolved {
        Some(target) => {
            out.push_str(" \u{2190} ");
            link(out, model, target);
        }
        None => out.push_str(" is absent"),
    }
    let others = candidates::of(model, consumer, edge).into_iter();
    let others: Vec<_> = others.filter(|candidate| candidate.verdict != Verdict::Answers).collect();
    for (position, other) in others.iter().take(LISTED).enumerate() {
        out.push_str(if position == 0 { "<br><small>not " } else { "; not " });
        put!(out, "{}, which {}", escape(&model.nodes[other.node].path), other.verdict.words());
    }
    if !others.is_empty() {
        out.push_str("</small>");
    }
    out.push_str("</li>");
}

fn used_by(out: &mut String, report: &Report, index: NodeId) {
    let model = &report.model;
    let dependents = report.links.dependents(index);
    let falls = reach::falls_with(&report.links, index);
    if dependents.is_empty() {
        return;
    }
    let all = falls.len() == dependents.len();
    list(out, report, if all { "Used by, falls with it" } else { "Used by" }, &dependents);
    if !all {
        put!(out, "<dt>Falls with it ({})<dd>", falls.len());
        let names: Vec<_> = falls.iter().take(LISTED).map(|node| model.nodes[*node].path.as_str()).collect();
        put!(out, "{}{}", escape(&names.join(", ")), others(falls.len()));
    }
    if let Some(through) = report.dominators[index] {
        out.push_str("<dt>Only through<dd>");
        link(out, model, through);
    }
    let path = reach::path_from_root(&report.links, index);
    if path.len() > 2 {
        out.push_str("<dt>From a root<dd>");
        let path: Vec<_> = path.iter().map(|node| model.nodes[*node].path.as_str()).collect();
        put!(out, "{}", escape(&path.join(" \u{2192} ")));
    }
}

fn list(out: &mut String, report: &Report, what: &str, nodes: &[NodeId]) {
    put!(out, "<dt>{what} ({})<dd>", nodes.len());
    for (position, node) in nodes.iter().take(LISTED).enumerate() {
        out.push_str(if position > 0 { ", " } else { "" });
        link(out, &report.model, *node);
    }
    out.push_str(&others(nodes.len()));
}

/// What is said of those that are not listed.
fn others(count: usize) -> String {
    if count > LISTED { format!(" and {} others", count - LISTED) } else { String::new() }
}
