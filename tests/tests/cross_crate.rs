//! Services in two crates and their container in a third, beside the same written out by hand.

use std::sync::Arc;

use di_core::Container;
use di_core::graph::Target;
use di_core::prelude::*;

/// The same checks for the three crates with macros and the three without.
macro_rules! behaves {
    ($module:ident: $app:ident, $market:ident, $venue:ident) => {
        mod $module {
            use super::*;
            use $app::{App, AppInputs};
            use $market::{IHealth, IMarket, Market};
            use $venue::{Bybit, IVenue, Log};

            fn build() -> (Log, App) {
                let log = Log::default();
                (log.clone(), App::build(AppInputs { log }))
            }

            #[test]
            fn a_container_finds_services_of_two_other_crates() {
                assert_eq!(build().1.get::<dyn IMarket>().cost(3), 30);
            }

            #[test]
            fn one_instance_answers_the_interface_and_the_type() {
                let (_, app) = build();
                assert!(app.get::<dyn IHealth>().is_well());
                assert!(std::ptr::addr_eq(app.get::<dyn IVenue>(), app.get::<Bybit>()));
                assert!(Arc::ptr_eq(app.get::<dyn IMarket>().venue(), &app.shared()));
                assert!(std::ptr::addr_eq(app.get::<dyn IMarket>(), Arc::as_ptr(&app.shared::<Market>())));
                assert!(std::ptr::addr_eq(app.get::<dyn IHealth>(), app.get::<dyn IMarket>()));
            }

            #[test]
            fn it_is_built_in_order_and_closed_in_reverse() {
                let (log, app) = build();
                assert_eq!(log.events(), ["made Bybit", "made Market"]);
                app.close().unwrap();
                assert_eq!(log.events()[2..], ["closed Market", "closed Bybit"]);
            }
        }
    };
}

behaves!(with_macros: cross_crate_app, cross_crate_market, cross_crate_venue);
behaves!(by_hand: by_hand_app, by_hand_market, by_hand_venue);

/// What a graph says, as text.
fn described<C: Container>() -> Vec<String> {
    let edge = |edge: &di_core::graph::Edge| match edge.target {
        Target::Node(target) => format!("{}: {} -> {target}", edge.member, edge.key),
        other => format!("{}: {} -> {other:?}", edge.member, edge.key),
    };
    let node = |node: &di_core::graph::Node| {
        let edges: Vec<String> = node.edges.iter().map(edge).collect();
        format!("{}: {} {:?} {:?} {}", node.field, node.service, node.kind, node.interfaces, edges.join(", "))
    };
    C::GRAPH.build_order().map(node).collect()
}

#[test]
fn the_macros_write_the_same_graph_as_a_person() {
    let with_macros = described::<cross_crate_app::App>();
    assert_eq!(with_macros, described::<by_hand_app::App>());
    assert_eq!(
        with_macros[2],
        "market: Market Singleton [\"dyn IMarket\", \"dyn IHealth\"] venue: dyn IVenue -> 1, bybit: Bybit -> 1, log: Log -> 2"
    );
}

#[test]
fn the_macros_store_what_a_person_would() {
    assert_eq!(size_of::<cross_crate_app::App>(), size_of::<by_hand_app::App>());
}

mod overridden_elsewhere {
    // What the paths of the other container begin with; those that begin with `crate::` need nothing.
    use cross_crate_app::hours::parts;
    use cross_crate_app::hours::{Hours, HoursInputs, IClock, IDoor};
    use di_core::prelude::*;
    use di_core::{container, service};

    #[service(provides = IClock)]
    struct Noon;

    impl IClock for Noon {
        fn hour(&self) -> u32 {
            12
        }
    }

    #[container(from = Hours, replace(clock = Noon))]
    struct OpenHours;

    #[container]
    struct App {
        #[module]
        hours: OpenHours,
    }

    #[test]
    fn an_override_in_another_crate_finds_the_services_by_their_paths() {
        let app = App::build(AppInputs {});
        assert!(app.get::<dyn IDoor>().is_open());
        assert!(!Hours::build(HoursInputs {}).get::<dyn IDoor>().is_open());
    }
}
