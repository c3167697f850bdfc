//! A report as one page: it needs no network and can be read without scripts.

mod cards;
mod drawn;
mod layout;
mod svg;

use core::fmt;

use drawn::{Drawn, Seen};

use super::{Extra, count};
use crate::report::Report;
use crate::report::analysis::difference::{Changed, Fact};
use crate::report::analysis::forecast::{Break, Forecast, PRESUMED, Step};
use crate::report::analysis::share::{self, Share};
use crate::report::model::{Model, NodeId, Registration};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes into a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        let _ = core::fmt::Write::write_fmt(&mut *$out, format_args!($($text)*));
    }};
}
use put;

pub(super) fn page(report: &Report, extra: &Extra) -> String {
    let model = &report.model;
    let ids = Ids::of(model);
    let drawn = Drawn::of(report);
    let layout = layout::of(model, &report.links, &drawn);
    let picture = svg::of(report, &layout, &drawn, &ids);
    let mut out = String::new();
    put!(
        &mut out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{name}: services and how they are wired</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n",
        name = escape(model.name())
    );
    header(&mut out, report);
    out.push_str("<main>\n");
    figure(&mut out, model, &drawn, &picture);
    difference(&mut out, extra);
    let next = extra.forecast.clone();
    let next = next.unwrap_or_else(|| report.forecast(&Step::everywhere(Registration::Interface)));
    migration(&mut out, report, &next);
    cards::section(&mut out, report, extra);
    put!(&mut out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn header(out: &mut String, report: &Report) {
    let model = &report.model;
    let services = model.nodes.iter().filter(|node| node.is_service()).count();
    put!(
        out,
        "<header>\n<h1>{}</h1>\n<p class=\"tiles\"><span class=\"tile\"><b>{services}</b> services",
        escape(model.name())
    );
    // Coverage does not count what lives in a scope.
    let in_scopes = services - report.coverage().whole;
    if in_scopes > 0 {
        put!(out, " <small>{in_scopes} of them in scopes</small>");
    }
    out.push_str("</span>");
    tile(out, "answer an interface", report.coverage());
    tile(out, "of the dependencies name a concrete type", report.coupling());
    put!(out, "</p>\n<p class=\"chain\"><span>Longest chain, {}:</span> ", report.longest_chain.len());
    for (position, node) in report.longest_chain.iter().enumerate() {
        if position > 0 {
            out.push_str(" \u{2192} ");
        }
        link(out, model, *node);
    }
    out.push_str("</p>\n</header>\n");
}

fn tile(out: &mut String, what: &str, share: Share) {
    let percent = share.percent();
    put!(
        out,
        "<span class=\"tile\"><b>{percent} %</b> {what} <small>{} of {}</small><i class=\"bar\"><i style=\"width:{percent}%\"></i></i></span>",
        share.part,
        share.whole
    );
}

fn figure(out: &mut String, model: &Model, drawn: &Drawn, picture: &str) {
    let (implied, on_common) = (drawn.count(Seen::Implied), drawn.count(Seen::OnCommon));
    let many = implied + on_common > 0;
    out.push_str("<section id=\"graph\">\n<h2>What is built, from top to bottom</h2>\n<div class=\"tools\">");
    out.push_str("<label class=\"search\">Search <input type=\"search\" id=\"search\" autocomplete=\"off\"></label>");
    if many {
        out.push_str("<label><input type=\"checkbox\" id=\"all\"> all dependencies</label>");
    }
    out.push_str("<label><input type=\"checkbox\" id=\"fit\"> fit to the window</label>");
    out.push_str("<output id=\"found\" role=\"status\"></output></div>\n");
    out.push_str(LEGEND);
    if many {
        out.push_str("<p class=\"quiet note\">Not drawn until a service is chosen: ");
        let mut parts = Vec::new();
        if implied > 0 {
            parts.push(format!("{} that follow from others", count(implied, "dependency")));
        }
        if on_common > 0 {
            let linked = |node: &NodeId| {
                let mut text = String::new();
                link(&mut text, model, *node);
                text
            };
            let common: Vec<_> = drawn.common.iter().map(linked).collect();
            let on_common = count(on_common, "dependency");
            parts.push(format!("{on_common} on what nearly everything needs: {}", common.join(", ")));
        }
        put!(out, "{}.</p>\n", parts.join(", and "));
    }
    put!(
        out,
        "<div class=\"stage\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Graph\">{}</div><aside id=\"chosen\" aria-live=\"polite\" aria-label=\"Chosen service\" hidden></aside></div>\n</section>\n",
        picture
    );
}

const LEGEND: &str = "<ul class=\"legend\">\
<li><svg width=\"46\" height=\"12\" aria-hidden=\"true\"><path class=\"e i\" d=\"M0 6H44\"/></svg>asks for an interface</li>\
<li><svg width=\"46\" height=\"12\" aria-hidden=\"true\"><path class=\"e c\" d=\"M0 6H44\"/></svg>asks for a concrete type</li>\
<li><svg width=\"46\" height=\"12\" aria-hidden=\"true\"><path class=\"e v\" d=\"M0 6H44\"/></svg>takes a value or a member</li>\
<li><svg width=\"46\" height=\"12\" aria-hidden=\"true\"><path class=\"e i optional\" d=\"M0 6H44\"/></svg>optional</li>\
<li><svg width=\"46\" height=\"12\" aria-hidden=\"true\"><path class=\"e i many\" d=\"M0 6H44\"/></svg>a group</li>\
<li><svg width=\"46\" height=\"12\" aria-hidden=\"true\"><path class=\"e i lazy\" d=\"M0 6H44\"/></svg>lazy</li>\
<li><svg width=\"46\" height=\"12\" aria-hidden=\"true\"><path class=\"e i factory\" d=\"M0 6H44\"/></svg>factory</li>\
<li><b class=\"p-interface\">\u{25cf}</b>interface only</li><li><b class=\"p-winding\">\u{25d5}</b>winding down</li>\
<li><b class=\"p-both\">\u{25d0}</b>both keys</li><li><b class=\"p-concrete\">\u{25cb}</b>concrete only</li>\
<li><b>a</b>async</li><li><b>?</b>fallible</li></ul>\n";

fn difference(out: &mut String, extra: &Extra) {
    let Some(difference) = &extra.difference else { return };
    out.push_str("<section id=\"difference\">\n<h2>What has changed</h2>\n");
    put!(
        out,
        "<p>Coverage {} \u{2192} {}; coupling {} \u{2192} {}.</p>\n",
        difference.coverage[0],
        difference.coverage[1],
        difference.coupling[0],
        difference.coupling[1]
    );
    if difference.is_empty() {
        out.push_str("<p>The graphs are alike.</p>\n</section>\n");
        return;
    }
    out.push_str("<ul>\n");
    for (sign, word, nodes) in [("+", "added", &difference.added), ("\u{2212}", "removed", &difference.removed)] {
        for (path, service) in nodes {
            put!(
                out,
                "<li class=\"{word}\"><b>{sign} {word}</b> <code>{}: {}</code></li>\n",
                escape(path),
                escape(service)
            );
        }
    }
    for Changed { path, facts } in &difference.changed {
        put!(out, "<li class=\"changed\"><b>~ changed</b> <code>{}</code><ul>", escape(path));
        for Fact { what, before, after } in facts {
            let value = |value: &Option<String>| escape(value.as_deref().unwrap_or("-")).to_string();
            put!(
                out,
                "<li>{}: <code>{}</code> \u{2192} <code>{}</code></li>",
                escape(what),
                value(before),
                value(after)
            );
        }
        out.push_str("</ul></li>\n");
    }
    out.push_str("</ul>\n</section>\n");
}

/// What lacks, and what the next phase breaks.
fn migration(out: &mut String, report: &Report, next: &Forecast) {
    let model = &report.model;
    out.push_str("<section id=\"migration\">\n<h2>Migration</h2>\n<div class=\"columns\">\n");
    put!(
        out,
        "<div><h3>What <code>{}</code> would break today</h3>\n<p>It changes {}; coverage is then {}.</p>\n",
        escape(&next.step.to_string()),
        count(next.changes.len(), "field"),
        next.coverage
    );
    if next.presumed {
        put!(out, "<p class=\"quiet\">{PRESUMED}</p>\n");
    }
    if next.breaks.is_empty() {
        out.push_str("<p>Nothing would break.</p>\n");
    } else {
        out.push_str("<ul class=\"breaks\">\n");
        for broken in &next.breaks {
            out.push_str("<li>");
            broken_place(out, model, broken);
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
    if !next.silent.is_empty() {
        out.push_str("<p class=\"quiet\">No key would answer for ");
        for (position, path) in next.silent.iter().enumerate() {
            out.push_str(if position > 0 { ", " } else { "" });
            path_link(out, model, path);
        }
        out.push_str(", so that <code>get</code> would not compile there.</p>\n");
    }
    out.push_str("</div>\n<div><h3>Services that answer no interface</h3>\n<p>");
    let uncovered = share::uncovered(model);
    for (position, node) in uncovered.iter().enumerate() {
        out.push_str(if position > 0 { ", " } else { "" });
        link(out, model, *node);
    }
    out.push_str(if uncovered.is_empty() { "None.</p>" } else { "</p>" });
    out.push_str("</div>\n</div>\n</section>\n");
}

fn broken_place(out: &mut String, model: &Model, broken: &Break) {
    put!(out, "<b>{}</b> ", broken.code());
    match broken {
        Break::Dependency { consumer, member, key, instead, .. } => {
            path_link(out, model, consumer);
            put!(out, "<code>.{}: {}</code>", escape(member), escape(key));
            if let Some(key) = instead.first() {
                put!(out, " \u{2192} <code>{}</code>", escape(key));
            }
        }
        other => put!(out, "{}", escape(other.to_string().trim_start_matches(other.code()).trim_start())),
    }
}

fn path_link(out: &mut String, model: &Model, path: &str) {
    match model.find(path) {
        Some(node) => link(out, model, node),
        None => put!(out, "<code>{}</code>", escape(path)),
    }
}

/// A link to the card of a node.
fn link(out: &mut String, model: &Model, node: NodeId) {
    put!(out, "<a href=\"#s{node}\">{}</a>", escape(&model.nodes[node].path));
}

/// For each node its name in the picture: its path, in what an address can hold. It stays as long as the fields are called
/// as they are.
struct Ids(Vec<String>);

impl Ids {
    fn of(model: &Model) -> Self {
        let mut ids: Vec<String> = Vec::new();
        for node in &model.nodes {
            let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
            let mut id = format!("node-{}", node.path.chars().map(plain).collect::<String>());
            while ids.contains(&id) {
                id.push('-');
            }
            ids.push(id);
        }
        Self(ids)
    }

    fn get(&self, node: NodeId) -> &str {
        self.0.get(node).map_or("", String::as_str)
    }
}

/// A text in which nothing is markup.
struct Escaped<'a>(&'a str);

fn escape(text: &str) -> Escaped<'_> {
    Escaped(text)
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(position) = rest.find(['&', '<', '>', '"']) {
            f.write_str(&rest[..position])?;
            f.write_str(match rest.as_bytes()[position] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                _ => "&quot;",
            })?;
            rest = &rest[position + 1..];
        }
        f.write_str(rest)
    }
}
