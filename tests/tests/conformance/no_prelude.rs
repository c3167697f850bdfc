//! Generated code where there is no prelude.

use di_core::interface;

// Without a prelude the compiler does not find `#[diagnostic::..]` either, which `#[interface]` writes.
#[interface]
trait IVenue {
    fn name(&self) -> &str;
}

#[interface]
trait INone {}

mod inner {
    #![no_implicit_prelude]

    use super::{INone, IVenue};

    use ::di_core::dependency::{Factory, Lazy, Many};
    use ::di_core::{Close, container, service};
    use ::std::assert_eq;
    use ::std::string::String;
    use ::std::sync::Arc;

    #[service(provides = IVenue, close, post_construct = Venue::start)]
    struct Venue {
        #[inject(key)]
        key: &'static str,
        name: Arc<String>,
        #[inject(default)]
        started: bool,
    }

    impl Venue {
        fn start(&mut self) {
            self.started = true;
        }
    }

    impl IVenue for Venue {
        fn name(&self) -> &str {
            if self.started { self.key } else { &self.name }
        }
    }

    impl Close for Venue {
        fn close(&self) -> ::std::result::Result<(), ::di_core::error::BoxError> {
            ::std::result::Result::Ok(())
        }
    }

    #[service]
    struct Ticket {
        #[arg]
        quantity: u32,
    }

    struct Desk {
        tickets: Factory<Ticket, (u32,)>,
        venues: Many<dyn IVenue>,
        later: Lazy<dyn IVenue>,
        none: ::std::option::Option<Arc<dyn INone>>,
        scopes: Factory<Scope, (ScopeInputs,)>,
    }

    #[service]
    impl Desk {
        #[constructor]
        async fn new(
            tickets: Factory<Ticket, (u32,)>,
            venues: Many<dyn IVenue>,
            later: Lazy<dyn IVenue>,
            none: ::std::option::Option<Arc<dyn INone>>,
            scopes: Factory<Scope, (ScopeInputs,)>,
        ) -> ::std::result::Result<Self, ::std::io::Error> {
            ::std::result::Result::Ok(Self { tickets, venues, later, none, scopes })
        }
    }

    #[container]
    struct Scope {
        #[inherit]
        name: Arc<String>,
        #[input]
        number: u32,
    }

    #[container]
    struct Module {
        #[inherit]
        name: Arc<String>,
        #[many(dyn IVenue, key = "inner")]
        venue: Venue,
    }

    struct Other;
    struct Given;

    #[service(provides = IVenue)]
    struct Unnamed;

    impl IVenue for Unnamed {
        fn name(&self) -> &str {
            "unnamed"
        }
    }

    #[container]
    #[absent(dyn INone)]
    struct App {
        desk: Desk,
        #[many(dyn IVenue, key = "paper")]
        #[register(dual)]
        venue: Venue,
        #[module]
        #[many(dyn IVenue)]
        module: Module,
        #[qualified(Other)]
        other: Unnamed,
        #[input]
        #[qualified(Given)]
        given: Arc<dyn IVenue>,
        #[transient]
        ticket: Ticket,
        #[scope]
        scope: Scope,
        #[input]
        name: String,
    }

    #[container(from = Plain, replace(venue = Unnamed))]
    struct Replaced;

    #[container]
    struct Plain {
        #[many(dyn IVenue, key = "plain")]
        venue: Venue,
        #[input]
        name: String,
    }

    #[test]
    fn an_override_works_without_a_prelude() {
        let app = Replaced::build(ReplacedInputs { name: String::new() });
        assert_eq!(app.many::<dyn IVenue>().by_key("plain").unwrap().name(), "unnamed");
    }

    #[test]
    fn generated_code_works_without_a_prelude() {
        let runtime = ::tokio::runtime::Builder::new_current_thread().build().unwrap();
        let app = runtime.block_on(App::build(AppInputs { name: String::new(), given: Arc::new(Unnamed) })).unwrap();
        let desk: &Desk = app.get();
        assert_eq!(desk.tickets.make((2,)).quantity, 2);
        assert_eq!(desk.venues.len(), 2);
        assert_eq!(desk.later.get().unwrap().name(), "paper");
        assert_eq!(app.qualified::<Other>().get::<dyn IVenue>().name(), "unnamed");
        ::std::assert!(desk.none.is_none());
        assert_eq!(*desk.scopes.make((ScopeInputs { number: 4 },)).get::<u32>(), 4);
        app.close().unwrap();
    }
}
