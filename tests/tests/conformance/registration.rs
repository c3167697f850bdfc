//! Registration: the keys under which a field answers. What must not answer is a compile-time case under `ui/missing`.

use std::sync::Arc;

use di_core::graph::Registration;
use di_core::resolve::ProvidesMany;
use di_core::{Provides, container, interface, service};

#[interface]
trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        1
    }
}

#[service(provides = IClock)]
struct FakeClock;

impl IClock for FakeClock {
    fn now_ms(&self) -> u64 {
        2
    }
}

#[container(provides = [IClock])]
struct Dual {
    clock: SystemClock,
}

#[container(provides = [IClock], register = interface)]
struct Interface {
    clock: SystemClock,
}

#[container(register = concrete)]
struct Concrete {
    clock: SystemClock,
}

#[container(provides = [IClock], register = concrete)]
struct Mixed {
    clock: SystemClock,
    #[register(interface)]
    fake: FakeClock,
}

/// The same question to different containers.
fn now<C: Provides<dyn IClock>>(container: &C) -> u64 {
    container.shared().now_ms()
}

fn concrete<C: Provides<SystemClock>>(container: &C) -> Arc<SystemClock> {
    container.shared()
}

#[test]
fn dual_registration_answers_interface_and_type_with_one_instance() {
    let app = Dual::build(DualInputs {});
    assert_eq!(now(&app), 1);
    assert!(std::ptr::addr_eq(app.get::<dyn IClock>(), Arc::as_ptr(&concrete(&app))));
}

#[test]
fn interface_registration_answers_the_interface() {
    let app = Interface::build(InterfaceInputs {});
    assert_eq!(now(&app), 1);
    assert_eq!(Interface::GRAPH.nodes[0].registration, Registration::Interface);
}

#[test]
fn concrete_registration_answers_the_type() {
    let app = Concrete::build(ConcreteInputs {});
    assert_eq!(concrete(&app).now_ms(), 1);
    assert_eq!(Concrete::GRAPH.nodes[0].registration, Registration::Concrete);
}

#[test]
fn a_fields_registration_overrides_that_of_its_container() {
    let app = Mixed::build(MixedInputs {});
    assert_eq!(now(&app), 2);
    assert_eq!(concrete(&app).now_ms(), 1);
}

/// Holds a container, however it is held.
struct Holder<C>(C);

impl<C: Provides<dyn IClock> + Provides<SystemClock> + ProvidesMany<dyn IClock>> Holder<C> {
    fn times(&self) -> [u64; 3] {
        let clock: Arc<dyn IClock> = self.0.shared();
        let concrete: &SystemClock = self.0.get();
        [clock.now_ms(), concrete.now_ms(), self.0.group().iter().map(|clock| clock.now_ms()).sum()]
    }
}

#[container(provides = [IClock])]
struct Grouped {
    clock: SystemClock,
    #[many(dyn IClock)]
    fake: FakeClock,
}

#[test]
fn generic_code_takes_a_container_a_reference_to_it_and_its_arc() {
    let app = Arc::new(Grouped::build(GroupedInputs {}));
    assert_eq!(Holder(&*app).times(), [1, 1, 2]);
    assert_eq!(Holder(Arc::clone(&app)).times(), [1, 1, 2]);
    let app = Arc::into_inner(app);
    assert_eq!(app.map(|app| Holder(app).times()), Some([1, 1, 2]));
}
