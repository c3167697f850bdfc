//! The difference of two graphs.

use std::sync::Arc;

use di_core::report::Report;
use di_core::{container, interface, service};

#[interface]
trait IStore {}

#[service(provides = IStore)]
struct Disk;

impl IStore for Disk {}

#[service(provides = IStore)]
struct Memory;

impl IStore for Memory {}

#[service]
#[expect(dead_code, reason = "only the graph is looked at")]
struct Journal {
    store: Arc<dyn IStore>,
}

#[service]
struct Extra;

mod before {
    use super::*;

    #[service]
    #[expect(dead_code, reason = "only the graph is looked at")]
    pub(super) struct Reader {
        store: Arc<Disk>,
        journal: Arc<Journal>,
    }

    #[container]
    pub(super) struct App {
        store: Disk,
        journal: Journal,
        reader: Reader,
    }
}

mod after {
    use super::*;

    #[service]
    #[expect(dead_code, reason = "only the graph is looked at")]
    pub(super) struct Reader {
        store: Arc<dyn IStore>,
    }

    #[container]
    pub(super) struct App {
        #[register(concrete)]
        store: Disk,
        memory: Memory,
        journal: Journal,
        reader: Reader,
        extra: Extra,
    }
}

#[test]
fn what_was_added_removed_and_bound_anew_is_listed() {
    let (before, after) = (Report::of::<before::App>(), Report::of::<after::App>());
    let difference = after.difference_from(&before);
    assert_eq!(
        difference.to_string(),
        "App: coverage 1 of 3 (33.3 %) -> 1 of 5 (20.0 %)
App: coupling 2 of 3 (66.6 %) -> 0 of 2 (0.0 %)
+ extra: Extra
+ memory: Memory
~ journal
      store: dyn IStore (store) -> dyn IStore (memory)
~ reader
      journal: Journal (journal) -> -
      store: Disk (store) -> dyn IStore (memory)
~ store
      registration: dual -> concrete
"
    );
    let markdown = difference.to_markdown();
    assert!(markdown.contains("| `journal` | store | `dyn IStore (store)` | `dyn IStore (memory)` |"), "{markdown}");
    let back = before.difference_from(&after).to_string();
    assert!(back.contains("- extra: Extra\n- memory: Memory\n"), "{back}");
}

#[test]
fn a_graph_does_not_differ_from_itself() {
    let difference = Report::of::<after::App>().difference_from(&Report::of::<after::App>());
    assert!(difference.is_empty());
    assert!(difference.to_string().ends_with("the graphs are alike\n"));
}
