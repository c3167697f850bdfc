//! The keys of a graph by their last names.

use super::Node;
use super::text::name;

/// The types and the interfaces of all nodes, ordered by their last names: two keys of different names are not alike.
pub(crate) struct Names(Vec<Named>);

/// A key of a node.
pub(crate) struct Named {
    /// Its last name; empty if the type has none.
    name: String,
    pub(crate) node: usize,
    /// Which interface it is; none for the node's own type.
    interface: Option<usize>,
}

impl Names {
    pub(super) fn of(nodes: &[Node]) -> Self {
        let mut names = Vec::with_capacity(2 * nodes.len());
        let mut add = |key: &str, node, interface| {
            names.push(Named { name: name(key).unwrap_or_default().to_owned(), node, interface });
        };
        for (index, node) in nodes.iter().enumerate() {
            for (interface, key) in node.interfaces.iter().enumerate() {
                add(key, index, Some(interface));
            }
            add(&node.service, index, None);
        }
        names.sort_by(|left, right| left.name.cmp(&right.name));
        Self(names)
    }

    /// The keys that have the last name of this one, in the order of their nodes.
    pub(crate) fn of_key(&self, key: &str) -> &[Named] {
        let name = name(key).unwrap_or_default();
        let first = self.0.partition_point(|named| named.name.as_str() < name);
        let (_, from) = self.0.split_at(first);
        let count = from.iter().take_while(|named| named.name == name).count();
        from.split_at(count).0
    }

    /// Whether each key has a last name, and no other one has the same.
    pub(crate) fn are_apart(&self) -> bool {
        self.0.first().is_none_or(|named| !named.name.is_empty())
            && self.0.windows(2).all(|pair| pair[0].name != pair[1].name)
    }
}

impl Named {
    pub(crate) fn is_interface(&self) -> bool {
        self.interface.is_some()
    }

    /// The key, as the node writes it.
    pub(crate) fn key<'a>(&self, nodes: &'a [Node]) -> &'a str {
        let node = &nodes[self.node];
        self.interface.map_or(&node.service, |interface| &node.interfaces[interface])
    }
}
