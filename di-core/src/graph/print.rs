//! The graph as text for people.

use core::fmt;

use super::{Edge, Graph, Kind, Node, Registration, Target, Wanted};

impl fmt::Display for Graph {
    /// Services with their interfaces and dependencies, in build order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_graph(f, self, 0)
    }
}

fn write_graph(f: &mut fmt::Formatter<'_>, graph: &Graph, indent: usize) -> fmt::Result {
    writeln!(f, "{:indent$}{} ({} nodes, in build order)", "", graph.container, graph.nodes.len())?;
    for (position, node) in graph.build_order().enumerate() {
        writeln!(f, "{:indent$}{:>4}. {}", "", position + 1, Line(node))?;
        for edge in node.edges {
            writeln!(f, "{:indent$}        {}", "", Dependency { graph, edge })?;
        }
        if let Kind::Module(inner) | Kind::Scope(inner) = node.kind {
            write_graph(f, inner, indent + 8)?;
        }
    }
    Ok(())
}

/// A node on one line: what it is, where it stands, what it answers.
struct Line<'a>(&'a Node);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.0;
        write!(f, "{}: {}", node.field, node.service)?;
        match node.kind {
            Kind::Singleton => {}
            Kind::Transient => f.write_str("  [transient]")?,
            Kind::Input => f.write_str("  [input]")?,
            Kind::Inherited => f.write_str("  [inherited]")?,
            Kind::Group => f.write_str("  [group]")?,
            Kind::Module(_) => f.write_str("  [module]")?,
            Kind::Scope(_) => f.write_str("  [scope]")?,
        }
        if node.is_async {
            f.write_str("  [async]")?;
        }
        if node.is_fallible {
            f.write_str("  [fallible]")?;
        }
        if let Some(qualifier) = node.qualifier {
            write!(f, "  [qualified {qualifier}]")?;
        }
        if let Some(group) = node.group {
            write!(f, "  [in {group}")?;
            if let Some(key) = node.key {
                write!(f, " as \"{key}\"")?;
            }
            f.write_str("]")?;
        }
        if matches!(node.registration, Registration::Dual | Registration::Interface) && !node.interfaces.is_empty() {
            write!(f, "  provides {}", List(node.interfaces))?;
        }
        Ok(())
    }
}

struct List(&'static [&'static str]);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, item) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{item}")?;
        }
        Ok(())
    }
}

/// A dependency on one line.
struct Dependency<'a> {
    graph: &'a Graph,
    edge: &'a Edge,
}

impl fmt::Display for Dependency<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Edge { member, key, wanted, qualifier, target, .. } = self.edge;
        let form = match wanted {
            Wanted::One => "",
            Wanted::Optional => "optional ",
            Wanted::Many => "every ",
            Wanted::Lazy => "later ",
            Wanted::Factory => "new ",
        };
        write!(f, "{member} <- {form}{key}")?;
        if let Some(qualifier) = qualifier {
            write!(f, " under {qualifier}")?;
        }
        match target {
            Target::Node(index) | Target::Deferred(index) => {
                write!(f, " ({})", self.graph.nodes.get(*index).map_or("?", |node| node.field))
            }
            Target::Absent => f.write_str(" (absent)"),
            Target::Missing => f.write_str(" (missing)"),
        }
    }
}
