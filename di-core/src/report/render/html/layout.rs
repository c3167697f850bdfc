//! The layout of the picture: layers by the longest path, in the order of barycentre sweeps, modules as
//! boxes around what is in them.
//!
//! What is built first stands above. A layer that is wider than the picture is broken into rows. Nothing depends on
//! anything but the model, so the same graph has the same picture.

use super::drawn::{Drawn, Seen};
use crate::report::analysis::links::Links;
use crate::report::model::{Form, Kind, Model, NodeId};

const GAP: f64 = 22.0;
const ROW_GAP: f64 = 20.0;
const LAYER_GAP: f64 = 58.0;
const PADDING: f64 = 16.0;
/// The title of a box.
const TITLE: f64 = 28.0;
const NODE_HEIGHT: f64 = 46.0;
const SWEEPS: usize = 12;

/// The whole picture.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// For each node its place; nothing for what is not drawn.
    pub(super) places: Vec<Option<Rect>>,
    /// The layers of the outermost container: top and bottom.
    pub(super) layers: Vec<(f64, f64)>,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Rect {
    pub(super) fn centre(self) -> f64 {
        self.x + self.w / 2.0
    }
}

/// What has been arranged in a container, from its own upper left corner.
struct Arranged {
    width: f64,
    height: f64,
    places: Vec<(NodeId, Rect)>,
    layers: Vec<(f64, f64)>,
}

pub(super) fn of(model: &Model, links: &Links, drawn: &Drawn) -> Layout {
    let Arranged { width, height, places: found, layers } = arrange(model, links, drawn, 0);
    let mut places = vec![None; model.nodes.len()];
    for (node, rect) in found {
        places[node] = Some(rect);
    }
    Layout { width, height, places, layers }
}

/// What stands in a container: a service, or a box with all that is in it.
struct Item {
    node: NodeId,
    size: (f64, f64),
    inner: Option<Arranged>,
    layer: usize,
    /// Positions of items that must be built before.
    needs: Vec<usize>,
    /// Of items that need it.
    used_by: Vec<usize>,
    /// Of items to which lines lead upwards, and downwards.
    above: Vec<usize>,
    below: Vec<usize>,
    x: f64,
    y: f64,
}

impl Item {
    fn centre(&self) -> f64 {
        self.x + self.size.0 / 2.0
    }
}

fn arrange(model: &Model, links: &Links, drawn: &Drawn, container: usize) -> Arranged {
    let mut items = items(model, links, drawn, container);
    assign_layers(&mut items);
    let depth = items.iter().map(|item| item.layer + 1).max().unwrap_or(0);
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); depth];
    for (index, item) in items.iter().enumerate() {
        layers[item.layer].push(index);
    }
    sweep(&items, &mut layers);
    let limit = width_limit(&items);
    let layers: Vec<Vec<Vec<usize>>> = layers.into_iter().map(|layer| rows(&items, layer, limit)).collect();
    let row_width = |row: &[usize]| row.iter().map(|item| items[*item].size.0 + GAP).sum::<f64>() - GAP;
    let width = layers.iter().flatten().map(|row| row_width(row)).fold(0.0, f64::max);
    let (top, mut bands) = (if container == 0 { PADDING } else { TITLE + PADDING / 2.0 }, Vec::new());
    let mut y = top;
    for layer in &layers {
        let start = y;
        for row in layer {
            let height = row.iter().map(|item| items[*item].size.1).fold(0.0, f64::max);
            for item in row {
                items[*item].y = y + (height - items[*item].size.1) / 2.0;
            }
            y += height + ROW_GAP;
        }
        y -= ROW_GAP;
        bands.push((start, y));
        y += LAYER_GAP;
    }
    place(&mut items, &layers, width);
    let height = if layers.is_empty() { top } else { y - LAYER_GAP } + PADDING;
    let mut places = Vec::new();
    for item in items {
        let (x, y) = (item.x + PADDING, item.y);
        places.push((item.node, Rect { x, y, w: item.size.0, h: item.size.1 }));
        for (node, rect) in item.inner.into_iter().flat_map(|inner| inner.places) {
            places.push((node, Rect { x: rect.x + x, y: rect.y + y, ..rect }));
        }
    }
    Arranged { width: width + 2.0 * PADDING, height, places, layers: bands }
}

/// What is drawn of a container, with who needs whom among it.
fn items(model: &Model, links: &Links, drawn: &Drawn, container: usize) -> Vec<Item> {
    let seen = model.nodes_of(container).filter(|(_, node)| node.kind != Kind::Inherited);
    let mut items: Vec<Item> = seen
        .map(|(index, node)| {
            let inner = node.inner.map(|inner| arrange(model, links, drawn, inner));
            let size = inner.as_ref().map_or_else(
                || (node_width(model, index), NODE_HEIGHT),
                |inner| (inner.width.max(box_width(model, index)), inner.height),
            );
            Item {
                node: index,
                size,
                inner,
                layer: 0,
                needs: Vec::new(),
                used_by: Vec::new(),
                above: Vec::new(),
                below: Vec::new(),
                x: 0.0,
                y: 0.0,
            }
        })
        .collect();
    let mut position = vec![None; model.nodes.len()];
    for (index, item) in items.iter().enumerate() {
        position[item.node] = Some(index);
    }
    let item_of = |node: NodeId| {
        let mut next = Some(node);
        while let Some(current) = next {
            if model.nodes[current].container == container {
                return position[current];
            }
            next = model.containers[model.nodes[current].container].holder;
        }
        None
    };
    for link in &links.all {
        let made = link.edge.is_some_and(|edge| model.nodes[link.from].edges[edge].form == Form::Factory);
        if let (Some(from), Some(to)) = (item_of(link.from), item_of(link.to))
            && (link.before || made)
            && from != to
            && !items[from].needs.contains(&to)
        {
            items[from].needs.push(to);
            items[to].used_by.push(from);
        }
    }
    let lines = drawn.links.iter().filter(|(_, seen)| *seen == Seen::Always);
    for (link, _) in lines {
        if let (Some(from), Some(to)) = (item_of(link.from), item_of(link.to))
            && items[from].needs.contains(&to)
            && !items[from].above.contains(&to)
        {
            items[from].above.push(to);
            items[to].below.push(from);
        }
    }
    items
}

/// So wide that its longer line is seen, within reason.
fn node_width(model: &Model, node: NodeId) -> f64 {
    let (first, second) = super::svg::lines(model, node);
    let longest = (first.chars().count() as f64 * 8.2).max(second.chars().count() as f64 * 6.9 + 26.0);
    (longest + 26.0).clamp(120.0, 260.0).round()
}

fn box_width(model: &Model, node: NodeId) -> f64 {
    super::svg::title(model, node).chars().count() as f64 * 7.0 + 110.0
}

fn assign_layers(items: &mut [Item]) {
    let mut known = vec![None; items.len()];
    for item in 0..items.len() {
        let layer = layer_of(items, item, &mut known, &mut vec![false; items.len()]);
        items[item].layer = layer;
    }
    // What has more lines downwards than upwards stands right above the first that needs it. A box always does: it is high,
    // and boxes that are needed by one and the same stand side by side.
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|item| std::cmp::Reverse((items[*item].layer, *item)));
    for item in order {
        let lowest = items[item].used_by.iter().map(|user| items[*user].layer).min();
        if let Some(lowest) = lowest.filter(|lowest| *lowest > items[item].layer + 1)
            && (items[item].inner.is_some() || items[item].above.len() < items[item].below.len())
        {
            items[item].layer = lowest - 1;
        }
    }
}

fn layer_of(items: &[Item], item: usize, known: &mut [Option<usize>], open: &mut [bool]) -> usize {
    if let Some(layer) = known[item] {
        return layer;
    }
    // A factory may close a ring.
    if open[item] {
        return 0;
    }
    open[item] = true;
    let layer = items[item].needs.iter().map(|need| 1 + layer_of(items, *need, known, open)).max().unwrap_or(0);
    open[item] = false;
    known[item] = Some(layer);
    layer
}

/// Orders the layers, down and up in turn, each item by the mean of where those stand with which it has to do.
fn sweep(items: &[Item], layers: &mut [Vec<usize>]) {
    let mut place = vec![0.0; items.len()];
    for layer in layers.iter() {
        settle(layer, &mut place);
    }
    for round in 0..SWEEPS {
        let down = round % 2 == 0;
        let order: Vec<usize> = if down { (0..layers.len()).collect() } else { (0..layers.len()).rev().collect() };
        for layer in order {
            let wish = |item: usize| {
                let others = if down { &items[item].above } else { &items[item].below };
                let sum: f64 = others.iter().map(|other| place[*other]).sum();
                if others.is_empty() { place[item] } else { sum / others.len() as f64 }
            };
            let mut wishes: Vec<(f64, usize)> = layers[layer].iter().map(|item| (wish(*item), *item)).collect();
            wishes.sort_by(|left, right| left.0.total_cmp(&right.0));
            layers[layer] = wishes.into_iter().map(|(_, item)| item).collect();
            settle(&layers[layer], &mut place);
        }
    }
}

/// Where the items of a layer stand, from 0 to 1.
fn settle(layer: &[usize], place: &mut [f64]) {
    for (position, item) in layer.iter().enumerate() {
        place[*item] = (position as f64 + 0.5) / layer.len() as f64;
    }
}

/// How wide rows may become: a picture that is a third wider than high.
fn width_limit(items: &[Item]) -> f64 {
    let area: f64 = items.iter().map(|item| (item.size.0 + GAP) * (item.size.1 + LAYER_GAP)).sum();
    let widest = items.iter().map(|item| item.size.0).fold(0.0, f64::max);
    (area * 1.5).sqrt().clamp(660.0, 1560.0).max(widest)
}

/// Breaks a layer into rows, boxes below all else. Neighbours in the order stay neighbours: it goes down the columns.
fn rows(items: &[Item], layer: Vec<usize>, limit: f64) -> Vec<Vec<usize>> {
    let (boxes, services): (Vec<usize>, Vec<usize>) = layer.into_iter().partition(|item| items[*item].inner.is_some());
    let mut rows = Vec::new();
    for part in [services, boxes] {
        let total: f64 = part.iter().map(|item| items[*item].size.0 + GAP).sum();
        let count = ((total / (limit + GAP)).ceil() as usize).min(part.len());
        let first = rows.len();
        rows.resize(first + count, Vec::new());
        for (position, item) in part.into_iter().enumerate() {
            rows[first + position % count].push(item);
        }
    }
    rows
}

/// Moves the items of each row below and above those with which they have to do.
fn place(items: &mut [Item], layers: &[Vec<Vec<usize>>], width: f64) {
    for row in layers.iter().flatten() {
        let total: f64 = row.iter().map(|item| items[*item].size.0 + GAP).sum::<f64>() - GAP;
        let mut x = (width - total) / 2.0;
        for item in row {
            items[*item].x = x;
            x += items[*item].size.0 + GAP;
        }
    }
    for round in 0..6 {
        let down = round % 2 == 0;
        let rows = || layers.iter().flatten();
        let order: Vec<&Vec<usize>> = if down { rows().collect() } else { rows().rev().collect() };
        for row in order {
            let wishes: Vec<(f64, f64)> = row
                .iter()
                .map(|item| {
                    let item = &items[*item];
                    let others = if down { &item.above } else { &item.below };
                    let sum: f64 = others.iter().map(|other| items[*other].centre()).sum();
                    let centre = if others.is_empty() { item.centre() } else { sum / others.len() as f64 };
                    (centre - item.size.0 / 2.0, item.size.0)
                })
                .collect();
            for (item, x) in row.iter().zip(without_overlap(&wishes, width)) {
                items[*item].x = x;
            }
        }
    }
}

/// The places in order, without overlap and within the width, whose squared distances to the wishes are least: isotonic
/// regression by pooling neighbours that would overlap.
fn without_overlap(wishes: &[(f64, f64)], width: f64) -> Vec<f64> {
    let mut before = 0.0;
    let mut offsets = Vec::with_capacity(wishes.len());
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (x, w) in wishes {
        offsets.push(before);
        pools.push((x - before, 1));
        before += w + GAP;
        while let [.., (left, many), (right, more)] = pools.as_slice()
            && left > right
        {
            let mean = (left * *many as f64 + right * *more as f64) / (many + more) as f64;
            let count = many + more;
            pools.truncate(pools.len() - 2);
            pools.push((mean, count));
        }
    }
    let room = (width - (before - GAP)).max(0.0);
    let starts = pools.iter().flat_map(|(start, count)| std::iter::repeat_n(start.clamp(0.0, room), *count));
    starts.zip(offsets).map(|(start, offset)| start + offset).collect()
}
