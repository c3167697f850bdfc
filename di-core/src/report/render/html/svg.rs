//! The picture as SVG.

use super::drawn::{Drawn, Seen};
use super::layout::{Layout, Rect};
use super::{Ids, escape, put};
use crate::report::Report;
use crate::report::analysis::links::Link;
use crate::report::analysis::phase::Phase;
use crate::report::analysis::share::is_coupled;
use crate::report::model::{Form, Kind, Model, NodeId};

/// What stands for the rest of a text.
const CUT: char = '\u{2026}';

/// The picture.
pub(super) fn of(report: &Report, layout: &Layout, drawn: &Drawn, ids: &Ids) -> String {
    let model = &report.model;
    let mut svg = String::new();
    let out = &mut svg;
    let (width, height) = (layout.width, layout.height);
    put!(
        out,
        "<svg id=\"picture\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">"
    );
    out.push_str(MARKERS);
    for (number, (top, bottom)) in layout.layers.iter().enumerate() {
        let (y, h) = (top - 10.0, bottom - top + 20.0);
        put!(out, "<rect class=\"layer\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{h:.0}\"/>");
        put!(out, "<text class=\"layer-name\" x=\"6\" y=\"{:.0}\">{}</text>", y + 11.0, number + 1);
    }
    // What goes on outside of the boxes passes behind them.
    let mut edges = [String::new(), String::new()];
    let ports = Ports::of(&drawn.links, layout);
    for (position, (link, seen)) in drawn.links.iter().enumerate() {
        let outside = model.nodes[link.from].container == 0 && model.nodes[link.to].container == 0;
        edge(&mut edges[usize::from(!outside)], model, *link, *seen, ports.curve(position));
    }
    let [outside, inside] = edges;
    put!(out, "<g class=\"edges\">{outside}</g>");
    boxes(out, report, layout, ids);
    put!(out, "<g class=\"edges\">{inside}</g>");
    for node in 0..model.nodes.len() {
        if let (Some(rect), None) = (layout.places[node], model.nodes[node].inner) {
            self::node(out, report, node, rect, ids);
        }
    }
    out.push_str("</svg>");
    svg
}

const MARKERS: &str = "<defs>\
<marker id=\"mi\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"11\" markerHeight=\"11\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
<path class=\"mi\" d=\"M1 1L9 5L1 9Z\" stroke=\"context-stroke\"/></marker>\
<marker id=\"mc\" viewBox=\"0 0 12 10\" refX=\"11\" refY=\"5\" markerWidth=\"14\" markerHeight=\"11\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
<path d=\"M1 5L6 1L11 5L6 9Z\" fill=\"context-stroke\"/></marker>\
<marker id=\"mv\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"10\" markerHeight=\"10\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
<path d=\"M2 1.5L9 5L2 8.5\" fill=\"none\" stroke=\"context-stroke\"/></marker></defs>";

fn boxes(out: &mut String, report: &Report, layout: &Layout, ids: &Ids) {
    let model = &report.model;
    for (index, node) in model.nodes.iter().enumerate() {
        let (Some(Rect { x, y, w, h }), Some(inner)) = (layout.places[index], node.inner) else { continue };
        let count = model.nodes_of(inner).filter(|(_, node)| node.is_service()).count();
        let services = super::super::count(count, "service");
        put!(
            out,
            "<g class=\"box {kind}\" id=\"{id}\" data-n=\"{index}\" data-path=\"{path}\">\
             <rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" rx=\"9\"/>\
             <g class=\"fold\" aria-expanded=\"true\">\
             <rect class=\"bar\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{w:.0}\" height=\"28\" rx=\"9\"/>\
             <text x=\"{tx:.0}\" y=\"{ty:.0}\"><tspan class=\"sign\">\u{25be}</tspan> {title} \
             <tspan class=\"quiet\">{kind}, {services}</tspan></text></g></g>",
            kind = node.kind.word(),
            id = ids.get(index),
            path = escape(&node.path),
            title = escape(&title(model, index)),
            tx = x + 12.0,
            ty = y + 19.0,
        );
    }
}

/// The title of a box.
pub(super) fn title(model: &Model, node: NodeId) -> String {
    shortened(&model.nodes[node].service, 40)
}

/// The two lines of a node: its service, and its interfaces or else its field.
pub(super) fn lines(model: &Model, node: NodeId) -> (String, String) {
    let node = &model.nodes[node];
    let first = match node.kind {
        Kind::Group => format!("every {}", bare(&node.service)),
        _ => bare(&node.service).to_owned(),
    };
    let interfaces: Vec<_> = node.interfaces.iter().map(|interface| bare(interface)).collect();
    let second = match (node.kind, &node.key) {
        (Kind::Group, _) => "group".to_owned(),
        (Kind::Input, _) => format!("input {}", node.field),
        (_, Some(key)) => format!("\"{key}\" in {}", node.group.as_deref().map_or("", bare)),
        _ if node.group.is_some() => format!("in {}", node.group.as_deref().map_or("", bare)),
        _ if node.registration.answers_interfaces() && !interfaces.is_empty() => interfaces.join(", "),
        _ => node.field.clone(),
    };
    (shortened(&first, 26), shortened(&second, 30))
}

fn bare(key: &str) -> &str {
    key.strip_prefix("dyn ").unwrap_or(key)
}

/// A text that is cut where there is no room for it; its whole stands in the title.
fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room - 1).chain([CUT]).collect()
}

fn node(out: &mut String, report: &Report, index: NodeId, rect: Rect, ids: &Ids) {
    let model = &report.model;
    let node = &model.nodes[index];
    let Rect { x, y, w, h } = rect;
    let (first, second) = lines(model, index);
    let kind = if node.kind == Kind::Singleton { String::new() } else { format!(" {}", node.kind.word()) };
    let phase = node.is_service().then(|| Phase::of(model, index));
    let class = phase.map_or(String::new(), |phase| format!(" {}", class(phase)));
    put!(
        out,
        "<a class=\"node{kind}{class}\" id=\"{id}\" href=\"#s{index}\" data-path=\"{path}\">",
        id = ids.get(index),
        path = escape(&node.path),
    );
    if first.ends_with(CUT) {
        put!(out, "<title>{}: {}</title>", escape(&node.path), escape(&node.service));
    }
    match node.kind {
        Kind::Group => put!(
            out,
            "<path class=\"shape\" d=\"M{:.0} {y:.0}H{:.0}L{:.0} {:.0}L{:.0} {:.0}H{:.0}L{x:.0} {:.0}Z\"/>",
            x + 14.0,
            x + w - 14.0,
            x + w,
            y + h / 2.0,
            x + w - 14.0,
            y + h,
            x + 14.0,
            y + h / 2.0,
        ),
        Kind::Input => put!(
            out,
            "<path class=\"shape\" d=\"M{:.0} {y:.0}H{:.0}L{:.0} {:.0}H{x:.0}Z\"/>",
            x + 12.0,
            x + w,
            x + w - 12.0,
            y + h,
        ),
        _ => put!(out, "<rect class=\"shape\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{w:.0}\" height=\"{h:.0}\"/>"),
    }
    let left = x + 14.0;
    put!(out, "<text x=\"{left:.0}\" y=\"{:.0}\">{}</text>", y + 20.0, escape(&first));
    put!(out, "<text class=\"sub\" x=\"{left:.0}\" y=\"{:.0}\">{}</text>", y + 36.0, escape(&second));
    let flags: String =
        [(node.is_async, "a"), (node.is_fallible, "?")].iter().filter(|(is, _)| *is).map(|(_, sign)| *sign).collect();
    let marks = format!("{flags}{}", phase.map_or("", sign));
    if !marks.is_empty() {
        put!(out, "<text class=\"mark\" x=\"{:.0}\" y=\"{:.0}\">{marks}</text>", x + w - 8.0, y + 36.0);
    }
    out.push_str("</a>");
}

/// The class of a phase.
pub(super) fn class(phase: Phase) -> &'static str {
    match phase {
        Phase::NoInterface => "p-none",
        Phase::Concrete => "p-concrete",
        Phase::Both => "p-both",
        Phase::WindingDown => "p-winding",
        Phase::Interface => "p-interface",
    }
}

/// The sign of a phase, for those who do not see its colour.
pub(super) fn sign(phase: Phase) -> &'static str {
    match phase {
        Phase::NoInterface => "",
        Phase::Concrete => "\u{25cb}",
        Phase::Both => "\u{25d0}",
        Phase::WindingDown => "\u{25d5}",
        Phase::Interface => "\u{25cf}",
    }
}

fn edge(out: &mut String, model: &Model, link: Link, seen: Seen, curve: [f64; 8]) {
    let Some(position) = link.edge else { return };
    let edge = &model.nodes[link.from].edges[position];
    let form = match edge.form {
        Form::One => "",
        Form::Optional => " optional",
        Form::Many => " many",
        Form::Lazy => " lazy",
        Form::Factory => " factory",
    };
    // Values, and what a group holds, are neither.
    let key = match is_coupled(model, link.from, position) {
        true => " c",
        false if edge.concrete => " v",
        false => " i",
    };
    let hidden = match seen {
        Seen::Always => "",
        Seen::Implied => " implied",
        Seen::OnCommon => " common",
    };
    let [a, b, c, d, e, f, g, h] = curve;
    put!(
        out,
        "<path class=\"e{key}{form}{hidden}\" data-e=\"{} {}\" d=\"M{a:.0} {b:.0}C{c:.0} {d:.0} {e:.0} {f:.0} {g:.0} {h:.0}\"/>",
        link.from,
        link.to
    );
}

/// Where each edge leaves its consumer and reaches what it needs.
struct Ports {
    /// For each edge, its ends with the direction in which it leaves and arrives: 1 for down, -1 for up.
    ends: Vec<[(f64, f64, f64); 2]>,
}

impl Ports {
    fn of(shown: &[(Link, Seen)], layout: &Layout) -> Self {
        let rect = |node: NodeId| layout.places[node].unwrap_or(Rect { x: 0.0, y: 0.0, w: 0.0, h: 0.0 });
        // Of each node, above and below: the edges there, with where their other ends are.
        let mut sides: Vec<[Vec<(f64, usize, usize)>; 2]> =
            layout.places.iter().map(|_| [Vec::new(), Vec::new()]).collect();
        let mut ends = Vec::with_capacity(shown.len());
        for (position, (link, seen)) in shown.iter().enumerate() {
            let (from, to) = (rect(link.from), rect(link.to));
            let upwards = to.y + to.h <= from.y || to.y + to.h / 2.0 < from.y + from.h / 2.0;
            let (leaves, arrives) = if upwards { (0, 1) } else { (1, 0) };
            let end = |rect: Rect, side: usize| {
                let y = if side == 0 { rect.y } else { rect.y + rect.h };
                (rect.centre(), y, if side == 0 { -1.0 } else { 1.0 })
            };
            ends.push([end(from, leaves), end(to, arrives)]);
            if *seen == Seen::Always {
                sides[link.from][leaves].push((to.centre(), position, 0));
                sides[link.to][arrives].push((from.centre(), position, 1));
            }
        }
        for (node, sides) in sides.iter_mut().enumerate() {
            let rect = rect(node);
            for side in sides {
                side.sort_by(|left, right| left.0.total_cmp(&right.0));
                let count = side.len() as f64;
                for (index, (_, position, end)) in side.iter().enumerate() {
                    ends[*position][*end].0 = rect.x + rect.w * (index as f64 + 1.0) / (count + 1.0);
                }
            }
        }
        Self { ends }
    }

    fn curve(&self, position: usize) -> [f64; 8] {
        let [(x1, y1, out), (x2, y2, into)] = self.ends[position];
        let bend = ((y1 - y2).abs() / 2.0).clamp(24.0, 120.0);
        [x1, y1, x1, y1 + out * bend, x2, y2 + into * bend, x2, y2]
    }
}
