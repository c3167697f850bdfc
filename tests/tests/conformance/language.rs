//! Corners of the language that the macros respect.

use std::sync::Arc;

use di_core::dependency::Lazy;
use di_core::{Container, container, interface, service};

/// A trait and a type whose names are raw.
#[interface]
trait r#IType {
    fn r#fn(&self) -> u32;
}

#[service(provides = r#IType)]
#[expect(non_camel_case_types, reason = "a raw name is a keyword, which is in lower case")]
struct r#struct {
    r#type: Arc<r#enum>,
}

impl r#IType for r#struct {
    fn r#fn(&self) -> u32 {
        self.r#type.r#match
    }
}

#[expect(non_camel_case_types, reason = "a raw name is a keyword, which is in lower case")]
struct r#enum {
    r#match: u32,
}

#[service]
impl r#enum {
    #[constructor]
    fn r#move(r#loop: Arc<String>) -> Self {
        Self { r#match: r#loop.len() as u32 }
    }
}

#[container]
struct Raw {
    r#struct: r#struct,
    r#enum: r#enum,
    #[input]
    r#in: String,
}

#[test]
fn raw_identifiers_name_types_fields_arguments_and_functions() {
    let app = Raw::build(RawInputs { r#in: "abc".to_owned() });
    assert_eq!(app.get::<dyn r#IType>().r#fn(), 3);
    assert_eq!(Raw::GRAPH.nodes.iter().map(|node| node.field).collect::<Vec<_>>(), ["struct", "enum", "in"]);
    assert_eq!(Raw::GRAPH.nodes[0].edges[0].member, "type");
    assert_eq!(Raw::GRAPH.nodes[1].service, "enum");
    assert!(app.lookup("enum").is_ok());
}

#[service]
struct Present;

#[service]
struct Conditional {
    #[cfg(feature = "never")]
    never: Arc<DoesNotExist>,
    #[cfg(not(feature = "never"))]
    always: Arc<Present>,
    #[cfg(test)]
    #[inject(default)]
    in_tests: u32,
}

struct ConditionalArguments {
    given: Arc<Present>,
}

#[service]
impl ConditionalArguments {
    #[constructor]
    fn new(
        #[cfg(feature = "never")] never: Arc<DoesNotExist>,
        #[cfg(not(feature = "never"))] given: Arc<Present>,
    ) -> Self {
        Self { given }
    }
}

#[container]
struct WithCfg {
    conditional: Conditional,
    arguments: ConditionalArguments,
    #[cfg(feature = "never")]
    never: DoesNotExist,
    #[cfg(not(feature = "never"))]
    present: Present,
    #[cfg(feature = "never")]
    #[input]
    never_given: String,
}

#[test]
fn fields_and_arguments_behind_cfg_exist_where_the_condition_holds() {
    let app = WithCfg::build(WithCfgInputs {});
    assert!(Arc::ptr_eq(&app.get::<Conditional>().always, &app.get::<ConditionalArguments>().given));
    assert_eq!(app.get::<Conditional>().in_tests, 0);
    assert_eq!(WithCfg::GRAPH.nodes.len(), 3);
}

#[test]
fn a_container_and_its_services_can_stand_in_a_function_body() {
    #[interface]
    trait ILocal {
        fn answer(&self) -> u32;
    }

    #[service(provides = ILocal)]
    struct Local {
        inner: Arc<Inner>,
    }

    impl ILocal for Local {
        fn answer(&self) -> u32 {
            self.inner.0
        }
    }

    struct Inner(u32);

    #[service]
    impl Inner {
        #[constructor]
        fn new() -> Self {
            Self(8)
        }
    }

    #[container]
    struct App {
        local: Local,
        inner: Inner,
    }

    assert_eq!(App::build(AppInputs {}).get::<dyn ILocal>().answer(), 8);
}

#[test]
fn two_functions_can_hold_types_of_the_same_names() {
    fn one() -> usize {
        #[service]
        struct Same;
        #[container]
        struct App {
            same: Same,
        }
        drop(App::build(AppInputs {}));
        App::GRAPH.nodes.len()
    }
    fn two() -> usize {
        #[service]
        struct Same;
        #[container]
        struct App {
            same: Same,
            #[input]
            name: String,
        }
        drop(App::build(AppInputs { name: String::new() }));
        App::GRAPH.nodes.len()
    }
    assert_eq!((one(), two()), (1, 2));
}

mod outer {
    use super::*;

    mod private {
        use super::*;

        #[service]
        pub(in crate::language) struct InPath {
            pub(super) value: Arc<Nested>,
        }

        #[service]
        pub(super) struct Super;

        #[service]
        pub(crate) struct Krate;

        #[service]
        #[expect(unreachable_pub, reason = "every kind of visibility is the point")]
        pub struct Public;

        #[service]
        pub(in crate::language) struct Nested;
    }

    pub(super) use private::{InPath, Nested};

    #[container]
    pub(crate) struct App {
        pub(crate) in_path: InPath,
        pub nested: Nested,
        pub(super) inner: private::Super,
        krate: private::Krate,
        public: private::Public,
        #[input]
        pub(crate) name: String,
    }

    pub(super) fn same(app: &App) -> bool {
        let _: &private::Super = app.get();
        let in_path: &InPath = app.get();
        std::ptr::eq(&*in_path.value, app.get::<Nested>())
    }
}

#[test]
fn services_and_containers_have_every_kind_of_visibility() {
    let app = outer::App::build(outer::AppInputs { name: "x".to_owned() });
    assert!(outer::same(&app));
    let _: &outer::InPath = app.get();
    assert_eq!(app.get::<String>(), "x");
}

mod documented {
    //! Everything in it is documented; the strict fixture checks that what the macros write is, too.

    use di_core::{container, service};

    /// A service.
    #[service]
    pub(super) struct Documented;

    /// A scope.
    #[container]
    pub(super) struct Scope {}

    /// A container.
    ///
    /// Of several lines.
    #[container]
    pub(super) struct App {
        /// A field.
        pub documented: Documented,
        /// Given.
        #[input]
        pub name: String,
        /// Opened.
        #[scope]
        pub scope: Scope,
    }
}

#[test]
fn doc_comments_stand_where_they_were_written() {
    let app = documented::App::build(documented::AppInputs { name: String::new() });
    let _: documented::Scope = app.scope(documented::ScopeInputs {});
    let _: &documented::Documented = app.get();
}

/// The same names in a macro that is called twice.
macro_rules! twin {
    ($module:ident, $value:literal) => {
        mod $module {
            use super::*;

            #[service]
            pub(super) struct Twin {
                #[inject(default)]
                seen: u32,
            }

            impl Twin {
                pub(super) fn value(&self) -> u32 {
                    $value + self.seen
                }
            }

            #[container]
            pub(super) struct App {
                twin: Twin,
            }

            pub(super) fn build() -> App {
                App::build(AppInputs {})
            }
        }
    };
}

twin!(one, 1);
twin!(two, 2);

#[test]
fn services_can_be_written_by_a_macro_that_is_called_twice() {
    let (one, two) = (one::build(), two::build());
    assert_eq!((one.get::<one::Twin>().value(), two.get::<two::Twin>().value()), (1, 2));
}

/// Names that generated code might use.
#[service]
struct Names {
    slots: Arc<String>,
    deps: Lazy<Present>,
    key: Arc<Present>,
    made: Arc<Present>,
}

#[interface]
trait ILocalName {}

#[service(provides = ILocalName)]
struct Other;

impl ILocalName for Other {}

#[container]
struct Hostile {
    slots: Names,
    deferred: Present,
    #[many(dyn ILocalName)]
    group_0: Other,
    #[input]
    inputs: String,
    #[input]
    node: u32,
    #[input]
    members: u64,
    #[input]
    __0: u8,
}

#[test]
fn fields_may_have_the_names_that_generated_code_uses() {
    let app = Hostile::build(HostileInputs { inputs: "x".to_owned(), node: 1, members: 2, __0: 3 });
    let names: &Names = app.get();
    assert_eq!((names.slots.as_str(), *app.get::<u32>(), *app.get::<u64>(), *app.get::<u8>()), ("x", 1, 2, 3));
    assert!(Arc::ptr_eq(&names.key, &names.made));
    assert!(Arc::ptr_eq(&names.deps.get().unwrap(), &names.key));
}

mod elsewhere {
    pub(super) mod deep {
        use di_core::service;

        #[service]
        pub(in crate::language) struct Far;
    }

    pub(super) use deep::Far as Renamed;
}

#[service]
struct Near {
    far: Arc<elsewhere::Renamed>,
}

#[container]
struct ByPath {
    far: elsewhere::Renamed,
    near: Near,
}

#[test]
fn a_service_is_listed_by_any_path_and_under_any_name_of_an_import() {
    let app = ByPath::build(ByPathInputs {});
    assert!(std::ptr::eq(&*app.get::<Near>().far, app.get::<elsewhere::deep::Far>()));
}

/// What a missing impl means is said by its author, and by nobody else.
#[interface]
#[diagnostic::on_unimplemented(message = "`{Self}` is no plug")]
trait IPlug {}

#[derive(Debug)]
#[service(provides = IPlug)]
struct Plug;

impl IPlug for Plug {}

#[container]
#[derive(Debug)]
struct Shown {
    plug: Plug,
}

#[test]
fn a_container_derives_debug_and_an_interface_has_words_of_its_own() {
    let shown = Shown::build(ShownInputs {});
    let _: &dyn IPlug = shown.get();
    assert_eq!(format!("{shown:?}"), "Shown { plug: Plug }");
}
