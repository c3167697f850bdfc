//! The memory of a container.

use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
trait IA {}

#[interface]
trait IB {}

#[service(provides = [IA, IB])]
struct One {
    #[inject(default)]
    _pad: [u64; 16],
}

impl IA for One {}
impl IB for One {}

#[service]
struct Two {
    one: Arc<dyn IA>,
    same: Arc<One>,
    again: Arc<dyn IB>,
}

#[service]
struct Draft;

#[container]
struct App {
    one: One,
    two: Two,
    #[input]
    name: String,
    #[transient]
    draft: Draft,
    #[scope]
    scope: Scope,
}

#[container]
struct Scope {}

/// What a person would write.
struct ByHand {
    _one: Arc<One>,
    _two: Arc<Two>,
    _name: Arc<String>,
}

#[test]
fn a_container_is_as_large_as_a_struct_with_one_arc_per_field() {
    assert_eq!(size_of::<App>(), size_of::<ByHand>());
    assert_eq!(align_of::<App>(), align_of::<ByHand>());
}

#[container(register = concrete)]
struct OnlyConcrete {
    one: One,
}

#[container(register = interface)]
struct OnlyInterface {
    one: One,
}

#[container(register = dual)]
struct Dual {
    one: One,
}

#[test]
fn dual_registration_costs_no_byte() {
    assert_eq!(size_of::<Dual>(), size_of::<OnlyConcrete>());
    assert_eq!(size_of::<Dual>(), size_of::<OnlyInterface>());
    assert_eq!(size_of::<Dual>(), size_of::<Arc<One>>());
}

#[test]
fn dual_registration_is_one_instance_under_every_key() {
    let app = App::build(AppInputs { name: String::new() });
    let two: &Two = app.get();
    let address = Arc::as_ptr(&two.same);
    assert!(std::ptr::addr_eq(Arc::as_ptr(&two.one), address));
    assert!(std::ptr::addr_eq(Arc::as_ptr(&two.again), address));
    assert!(std::ptr::addr_eq(app.get::<dyn IA>(), address));
    assert!(std::ptr::addr_eq(app.get::<One>(), address));
    assert_eq!(Arc::strong_count(&two.same), 4, "the container and the three fields hold it");
}

#[test]
fn inputs_cost_what_their_fields_cost() {
    assert_eq!(size_of::<AppInputs>(), size_of::<String>());
}
