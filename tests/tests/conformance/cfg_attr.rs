//! Conditions, wherever an attribute of the framework can stand.

use std::sync::Arc;

use di_core::{container, service};

#[cfg_attr(all(), service)]
struct Clock {
    #[cfg_attr(all(), inject(default))]
    offset_ms: u64,
    #[cfg_attr(feature = "never", inject(default))]
    name: Arc<String>,
}

struct Journal {
    opened_with: &'static str,
    depth: u32,
}

#[service]
impl Journal {
    #[cfg(feature = "never")]
    #[constructor]
    fn for_later(_: Arc<DoesNotExist>) -> Self {
        Self { opened_with: "never", depth: 0 }
    }

    #[constructor]
    #[cfg(not(feature = "never"))]
    fn for_now(#[cfg_attr(all(), inject(default))] depth: u32, _: Arc<Clock>) -> Self {
        Self { opened_with: "now", depth }
    }
}

struct Desk;

#[service]
impl Desk {
    #[cfg_attr(not(feature = "never"), constructor)]
    fn open() -> Self {
        Self
    }

    #[cfg_attr(feature = "never", constructor)]
    fn close(self) {}
}

#[cfg_attr(all(), container)]
struct App {
    clock: Clock,
    journal: Journal,
    desk: Desk,
    #[cfg_attr(all(), input)]
    name: String,
    #[cfg_attr(feature = "never", transient)]
    another: Other,
}

#[service]
struct Other;

#[test]
fn attributes_behind_cfg_attr_are_there_where_the_condition_holds() {
    let app = App::build(AppInputs { name: "x".to_owned() });
    let clock: &Clock = app.get();
    assert_eq!((clock.offset_ms, clock.name.as_str()), (0, "x"));
    let _: &Other = app.get();
    Desk::open().close();
}

#[test]
fn a_service_may_have_a_constructor_for_each_condition() {
    let app = App::build(AppInputs { name: String::new() });
    let journal: &Journal = app.get();
    assert_eq!((journal.opened_with, journal.depth), ("now", 0));
}
