//! What answers an exported key may be as private as it likes, and stands under it in every way in which one can ask.
#![expect(unreachable_pub, reason = "the words of visibility are what is tested")]

use std::sync::Arc;

use di_core::dependency::Lazy;
use di_core::prelude::*;
use di_core::{Lends, Provides, container, interface, service};

macro_rules! named {
    ($interface:ident, $name:literal) => {
        #[interface]
        pub trait $interface {
            fn name(&self) -> &'static str {
                $name
            }
        }
    };
}

named!(IPublic, "public");
named!(IPrivate, "private");
named!(IOfTheCrate, "of the crate");
named!(IGeneric, "generic");
named!(IConstructed, "constructed");
named!(IProvided, "provided");
named!(IProvidedPrivately, "provided privately");
named!(IRenamed, "renamed");

pub mod services {
    use super::*;

    #[derive(Debug)]
    #[service(provides = IPublic)]
    pub struct Public;
    impl IPublic for Public {}

    #[service(provides = IOfTheCrate)]
    pub(crate) struct OfTheCrate;
    impl IOfTheCrate for OfTheCrate {}

    pub(super) struct Constructed;
    #[service(provides = IConstructed)]
    impl Constructed {
        #[constructor]
        pub(super) fn new() -> Self {
            Self
        }
    }
    impl IConstructed for Constructed {}

    struct Value;
    impl IProvided for Value {}

    struct Hidden;
    impl IProvidedPrivately for Hidden {}

    #[service]
    pub fn provided() -> Arc<dyn IProvided> {
        Arc::new(Value)
    }

    #[service]
    pub(super) fn provided_privately() -> Arc<dyn IProvidedPrivately> {
        Arc::new(Hidden)
    }
}

#[service(provides = IPrivate)]
struct Private;
impl IPrivate for Private {}

/// A type that a public, generic service may have for its parameter.
#[derive(Debug)]
struct Secret;

#[derive(Debug)]
#[service(provides = IGeneric)]
pub struct Generic<T: Send + Sync + 'static> {
    #[inject(default)]
    of: std::marker::PhantomData<T>,
}
impl<T: Send + Sync + 'static> IGeneric for Generic<T> {}

use IRenamed as Renamed;

#[derive(Debug)]
#[service(provides = Renamed)]
pub struct UnderAnotherName;
impl IRenamed for UnderAnotherName {}

/// All of it, in a module that is inside of another.
#[container(provides = [
    IPublic, IPrivate, IOfTheCrate, IGeneric, IConstructed, IProvided, IProvidedPrivately, IRenamed, services::Public,
])]
struct Inner {
    public: services::Public,
    private: Private,
    of_the_crate: services::OfTheCrate,
    generic: Generic<Secret>,
    constructed: services::Constructed,
    #[provide(services::provided)]
    provided: dyn IProvided,
    #[provide(services::provided_privately)]
    provided_privately: dyn IProvidedPrivately,
    renamed: UnderAnotherName,
}

/// Passes all of it on, from a module that is more private than itself.
#[container(provides = [
    IPublic, IPrivate, IOfTheCrate, IGeneric, IConstructed, IProvided, IProvidedPrivately, IRenamed, services::Public,
])]
pub struct Outer {
    #[module]
    inner: Inner,
}

macro_rules! in_a_row {
    ($($field:ident: $interface:ident),*) => {
        /// Asks for each of the keys.
        #[service]
        struct AsksForAll {
            $($field: Arc<dyn $interface>,)*
            concrete: Arc<services::Public>,
            later: Lazy<dyn IPrivate>,
            maybe: Option<Arc<dyn IGeneric>>,
        }

        fn names(app: &App) -> Vec<[&'static str; 4]> {
            let asks: &AsksForAll = app.get();
            vec![$([
                asks.$field.name(),
                app.get::<dyn $interface>().name(),
                app.shared::<dyn $interface>().name(),
                lent::<dyn $interface, _>(&app.outer).name(),
            ]),*]
        }

        fn addresses(app: &App) -> Vec<[*const (); 5]> {
            let asks: &AsksForAll = app.get();
            vec![$([
                Arc::as_ptr(&asks.$field).cast(),
                std::ptr::from_ref(app.get::<dyn $interface>()).cast(),
                Arc::as_ptr(&app.shared::<dyn $interface>()).cast(),
                std::ptr::from_ref(lent::<dyn $interface, _>(&app.outer)).cast(),
                Arc::as_ptr(&shared::<dyn $interface, _>(&app.outer)).cast(),
            ]),*]
        }
    };
}

in_a_row!(
    public: IPublic, private: IPrivate, of_the_crate: IOfTheCrate, generic: IGeneric, constructed: IConstructed,
    provided: IProvided, provided_privately: IProvidedPrivately, renamed: IRenamed
);

#[container]
struct App {
    #[module]
    outer: Outer,
    asks: AsksForAll,
}

fn lent<T: ?Sized, C: Lends<T>>(container: &C) -> &T {
    container.get()
}

fn shared<T: ?Sized, C: Provides<T>>(container: &C) -> Arc<T> {
    container.shared()
}

#[test]
fn each_key_is_answered_by_what_is_exported_in_whatever_way_it_is_asked_for() {
    let app = App::build(AppInputs {});
    let expected =
        ["public", "private", "of the crate", "generic", "constructed", "provided", "provided privately", "renamed"];
    assert_eq!(names(&app), expected.map(|name| [name; 4]));
    for [first, others @ ..] in addresses(&app) {
        assert_eq!(others, [first; 4]);
    }
}

#[test]
fn a_concrete_type_is_passed_on_through_two_modules() {
    let app = App::build(AppInputs {});
    let asks: &AsksForAll = app.get();
    let public: &dyn IPublic = app.get();
    assert!(std::ptr::addr_eq(Arc::as_ptr(&asks.concrete), public));
    assert!(std::ptr::addr_eq(lent::<services::Public, _>(&app.outer), public));
}

#[test]
fn what_is_deferred_or_optional_is_the_same_instance() {
    let app = App::build(AppInputs {});
    let asks: &AsksForAll = app.get();
    assert!(std::ptr::addr_eq(Arc::as_ptr(&asks.later.get().expect("it is filled")), app.get::<dyn IPrivate>()));
    assert!(asks.maybe.as_ref().is_some_and(|maybe| Arc::ptr_eq(maybe, &app.shared())));
}
