//! Dominators: the service through which every use of another one passes.

use crate::report::model::NodeId;

use super::links::Links;

/// For each node the closest one through which all ways from the roots to it lead; nothing where there are several ways
/// from the start, or none at all.
///
/// The algorithm is that of Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001).
pub(crate) fn immediate(links: &Links) -> Vec<Option<NodeId>> {
    let count = links.needs.len();
    let root = count;
    let order = postorder(links);
    let mut number = vec![0; count + 1];
    for (position, node) in order.iter().enumerate() {
        number[*node] = position;
    }
    let roots = roots(links);
    let mut dominator = vec![None; count + 1];
    dominator[root] = Some(root);
    let mut changed = true;
    while changed {
        changed = false;
        for node in order.iter().rev().copied().filter(|node| *node != root) {
            let dependents = links.used_by[node].iter().map(|position| links.all[*position].from);
            let before =
                dependents.chain(roots.contains(&node).then_some(root)).filter(|from| dominator[*from].is_some());
            let found = before.reduce(|left, right| common(&dominator, &number, left, right));
            if dominator[node] != found {
                dominator[node] = found;
                changed = true;
            }
        }
    }
    dominator.truncate(count);
    dominator.into_iter().map(|found| found.filter(|node| *node != root)).collect()
}

/// The closest node that dominates both.
fn common(dominator: &[Option<NodeId>], number: &[usize], mut left: NodeId, mut right: NodeId) -> NodeId {
    while left != right {
        while number[left] < number[right] {
            left = dominator[left].unwrap_or(right);
        }
        while number[right] < number[left] {
            right = dominator[right].unwrap_or(left);
        }
    }
    left
}

/// Nodes that nothing needs, and one for each ring of deferred dependencies that nothing outside of it needs.
fn roots(links: &Links) -> Vec<NodeId> {
    let mut seen = vec![false; links.needs.len()];
    let mut roots: Vec<_> = (0..seen.len()).filter(|node| links.used_by[*node].is_empty()).collect();
    for root in &roots {
        mark(links, *root, &mut seen);
    }
    for node in 0..seen.len() {
        if !seen[node] {
            roots.push(node);
            mark(links, node, &mut seen);
        }
    }
    roots
}

fn mark(links: &Links, node: NodeId, seen: &mut [bool]) {
    let mut stack = vec![node];
    while let Some(next) = stack.pop() {
        if !std::mem::replace(&mut seen[next], true) {
            stack.extend(links.needs[next].iter().map(|position| links.all[*position].to));
        }
    }
}

/// The nodes in postorder of a search from the roots, the root of all last.
fn postorder(links: &Links) -> Vec<NodeId> {
    let count = links.needs.len();
    let mut order = Vec::with_capacity(count + 1);
    let mut seen = vec![false; count];
    for root in roots(links) {
        let mut stack = vec![(root, 0)];
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        while let Some((node, next)) = stack.pop() {
            match links.needs[node].get(next) {
                Some(position) => {
                    stack.push((node, next + 1));
                    let to = links.all[*position].to;
                    if !std::mem::replace(&mut seen[to], true) {
                        stack.push((to, 0));
                    }
                }
                None => order.push(node),
            }
        }
    }
    order.push(count);
    order
}
