//! Services and containers that a `macro_rules` writes, and types in them.

use std::sync::Arc;

use di_core::{Container, container, interface, service};

#[interface]
trait INamed {
    fn name(&self) -> &'static str;
}

#[interface]
trait IEmpty {}

macro_rules! service_of {
    ($(#[$meta:meta])* $vis:vis $name:ident [$($interface:path),*] { $($field:ident: $ty:ty),* }) => {
        #[service(provides = [$($interface),*])]
        $(#[$meta])*
        $vis struct $name {
            $($field: $ty),*
        }
    };
}

service_of!(
    /// Passed on in pieces.
    Pieces [INamed, IEmpty] { text: Arc<String> }
);

impl INamed for Pieces {
    fn name(&self) -> &'static str {
        if self.text.is_empty() { "empty" } else { "pieces" }
    }
}

impl IEmpty for Pieces {}

macro_rules! container_of {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        #[container]
        struct $name {
            $($(#[$attribute])* $field: $ty),*
        }
    };
}

container_of!(Passed {
    pieces: Pieces,
    #[transient]
    reader: Reader,
    #[many(dyn INamed, key = "other")]
    other: Other,
    typed: Typed,
    #[input]
    text: String,
});

#[service]
struct Reader {
    named: Arc<dyn INamed>,
}

#[service(provides = INamed)]
struct Other;

impl INamed for Other {
    fn name(&self) -> &'static str {
        "other"
    }
}

macro_rules! shared_text {
    () => {
        Arc<String>
    };
}

macro_rules! plain_text {
    () => {
        String
    };
}

#[service]
struct Typed {
    whole: shared_text!(),
    part: Arc<plain_text!()>,
}

#[test]
fn a_macro_may_pass_on_types_interfaces_and_attributes() {
    let app = Passed::build(PassedInputs { text: "x".to_owned() });
    assert_eq!(app.get::<dyn INamed>().name(), "pieces");
    let _: &dyn IEmpty = app.get();
    assert_eq!(app.shared::<Reader>().named.name(), "pieces");
    assert_eq!(app.many::<dyn INamed>().by_key("other").map(|named| named.name()), Some("other"));
    assert_eq!(Passed::GRAPH.nodes[0].service, "Pieces");
}

#[test]
fn a_macro_may_stand_for_a_type() {
    let app = Passed::build(PassedInputs { text: "x".to_owned() });
    let typed: &Typed = app.get();
    assert!(Arc::ptr_eq(&typed.whole, &typed.part));
}

macro_rules! many_services {
    ($($field:ident: $name:ident,)*) => {
        $(#[service] struct $name;)*

        #[service]
        struct Big {
            $($field: Arc<$name>),*
        }

        impl Big {
            fn len(&self) -> usize {
                [$(Arc::strong_count(&self.$field)),*].len()
            }
        }

        #[container]
        struct Wide {
            big: Big,
            $($field: $name),*
        }
    };
}

many_services! {
    a1: A1, a2: A2, a3: A3, a4: A4, a5: A5, a6: A6, a7: A7, a8: A8, a9: A9, a10: A10,
    b1: B1, b2: B2, b3: B3, b4: B4, b5: B5, b6: B6, b7: B7, b8: B8, b9: B9, b10: B10,
    c1: C1, c2: C2, c3: C3, c4: C4, c5: C5, c6: C6, c7: C7, c8: C8, c9: C9, c10: C10,
}

#[test]
fn a_service_may_need_thirty_others() {
    let app = Wide::build(WideInputs {});
    assert_eq!(app.get::<Big>().len(), 30);
}

macro_rules! interfaces {
    ($($vis:vis $name:ident)*) => {
        $(
            #[interface]
            $vis trait $name {
                fn name(&self) -> &'static str;
            }
        )*
    };
}

mod visible {
    use di_core::interface;

    interfaces! { pub(super) IFirst }
}

interfaces! { pub(crate) ISecond IThird }

#[service(provides = [visible::IFirst, ISecond, IThird])]
struct OfThree;

impl visible::IFirst for OfThree {
    fn name(&self) -> &'static str {
        "first"
    }
}

impl ISecond for OfThree {
    fn name(&self) -> &'static str {
        "second"
    }
}

impl IThird for OfThree {
    fn name(&self) -> &'static str {
        "third"
    }
}

#[container]
struct Visible {
    three: OfThree,
}

#[test]
fn the_visibility_of_an_interface_may_come_from_a_macro() {
    let app = Visible::build(VisibleInputs {});
    let (first, second, third): (&dyn visible::IFirst, &dyn ISecond, &dyn IThird) = (app.get(), app.get(), app.get());
    assert_eq!([first.name(), second.name(), third.name()], ["first", "second", "third"]);
}
