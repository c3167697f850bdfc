//! The dependencies that are drawn, and those that appear only when a service is chosen.

use crate::report::Report;
use crate::report::analysis::links::Link;
use crate::report::analysis::reach;
use crate::report::model::{Kind, NodeId};

/// From how many dependents on a service is one that nearly everything needs, at least.
const COMMON: usize = 8;

/// The dependencies of the picture, one for each pair of services.
pub(super) struct Drawn {
    pub(super) links: Vec<(Link, Seen)>,
    /// Services that nearly everything needs.
    pub(super) common: Vec<NodeId>,
}

/// When a dependency is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Always,
    /// It follows from others: what is needed is needed by something else that is needed.
    Implied,
    /// It is one on a service that nearly everything needs.
    OnCommon,
}

impl Drawn {
    pub(super) fn of(report: &Report) -> Self {
        let nodes = report.model.nodes.iter().filter(|node| node.kind != Kind::Inherited).count();
        let threshold = COMMON.max(nodes / 6);
        let common = (0..report.model.nodes.len()).filter(|node| report.links.dependents(*node).len() >= threshold);
        let common: Vec<_> = common.collect();
        let mut links: Vec<(Link, Seen)> = Vec::new();
        for link in &report.links.all {
            let is_inherited = report.model.nodes[link.to].kind == Kind::Inherited;
            let known = links.iter().any(|(other, _)| (other.from, other.to) == (link.from, link.to));
            if link.edge.is_none() || is_inherited || known {
                continue;
            }
            let seen = match *link {
                link if common.contains(&link.to) => Seen::OnCommon,
                link if is_implied(report, link) => Seen::Implied,
                _ => Seen::Always,
            };
            links.push((*link, seen));
        }
        Self { links, common }
    }

    /// How many are seen so.
    pub(super) fn count(&self, seen: Seen) -> usize {
        self.links.iter().filter(|(_, own)| *own == seen).count()
    }
}

/// Whether another dependency of the consumer needs the target itself, directly or not.
fn is_implied(report: &Report, link: Link) -> bool {
    let dependents = reach::falls_with(&report.links, link.to);
    let others = report.links.dependencies(link.from);
    others.into_iter().any(|other| {
        // A deferred dependency may lead back to the consumer, and then tells nothing.
        let leads_back = report.links.dependencies(other).contains(&link.from);
        other != link.to && dependents.contains(&other) && !leads_back
    })
}
