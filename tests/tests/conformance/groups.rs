//! Groups: their members, order and keys.

use std::sync::Arc;

use di_core::dependency::Many;
use di_core::{container, interface, service};

#[interface]
trait IVenue {
    fn name(&self) -> &str;
}

macro_rules! venues {
    ($($name:ident = $text:literal)*) => {
        $(
            #[service(provides = IVenue)]
            struct $name;

            impl IVenue for $name {
                fn name(&self) -> &str {
                    $text
                }
            }
        )*
    };
}

venues! { Bybit = "bybit" Binance = "binance" Kraken = "kraken" Okx = "okx" }

#[service]
struct Router {
    venues: Many<dyn IVenue>,
}

fn names(venues: &Many<dyn IVenue>) -> Vec<&str> {
    venues.iter().map(|venue| venue.name()).collect()
}

#[container]
struct App {
    router: Router,
    #[many(dyn IVenue, key = "kraken")]
    kraken: Kraken,
    #[many(dyn IVenue)]
    bybit: Bybit,
    #[many(dyn IVenue, key = "binance")]
    binance: Binance,
}

#[test]
fn a_group_keeps_the_order_in_which_its_members_are_declared() {
    let app = App::build(AppInputs {});
    assert_eq!(names(&app.get::<Router>().venues), ["kraken", "bybit", "binance"]);
    assert_eq!(names(app.many()), ["kraken", "bybit", "binance"]);
    assert_eq!(app.many::<dyn IVenue>().iter().rev().map(|venue| venue.name()).next(), Some("binance"));
    assert_eq!(app.many::<dyn IVenue>().into_iter().count(), 3);
}

#[test]
fn a_group_is_one_shared_slice() {
    let app = App::build(AppInputs {});
    let (own, shared) = (&app.get::<Router>().venues, app.many::<dyn IVenue>());
    for (one, other) in own.iter().zip(shared) {
        assert!(std::ptr::eq(one, other), "the same place in memory, not only the same member");
    }
}

#[test]
fn a_member_is_chosen_by_its_key_at_run_time() {
    let app = App::build(AppInputs {});
    let venues = app.many::<dyn IVenue>();
    for wanted in ["kraken", "binance"] {
        assert_eq!(venues.by_key(wanted).map(|venue| venue.name()), Some(wanted));
    }
    assert_eq!(venues.keys().collect::<Vec<_>>(), ["kraken", "binance"]);
}

#[test]
fn a_member_without_a_key_answers_no_key() {
    let app = App::build(AppInputs {});
    let venues = app.many::<dyn IVenue>();
    assert!(venues.by_key("bybit").is_none());
    assert!(venues.by_key("").is_none());
    let keys: Vec<_> = venues.entries().map(|(key, _)| key).collect();
    assert_eq!(keys, [Some("kraken"), None, Some("binance")]);
}

#[container]
struct Alone {
    #[many(dyn IVenue)]
    bybit: Bybit,
    router: Router,
}

#[test]
fn one_member_is_a_group_of_one() {
    let app = Alone::build(AloneInputs {});
    assert_eq!(names(&app.get::<Router>().venues), ["bybit"]);
    assert_eq!(app.many::<dyn IVenue>().len(), 1);
}

#[container]
#[empty(dyn IVenue)]
struct Nobody {
    router: Router,
}

#[test]
fn a_group_that_is_declared_empty_is_empty() {
    let app = Nobody::build(NobodyInputs {});
    assert!(app.get::<Router>().venues.is_empty());
    assert_eq!(app.many::<dyn IVenue>().by_key("bybit").is_none(), app.many::<dyn IVenue>().is_empty());
}

#[service(provides = IVenue)]
struct Named {
    #[inject(key)]
    key: &'static str,
}

impl IVenue for Named {
    fn name(&self) -> &str {
        self.key
    }
}

#[container]
struct SelfAware {
    #[many(dyn IVenue, key = "paper")]
    paper: Named,
    #[many(dyn IVenue, key = "replay")]
    replay: Named,
}

#[test]
fn a_member_is_told_its_own_key() {
    let app = SelfAware::build(SelfAwareInputs {});
    let venues = app.many::<dyn IVenue>();
    for key in venues.keys() {
        assert_eq!(venues.by_key(key).unwrap().name(), key);
    }
    assert_eq!(names(venues), ["paper", "replay"]);
}

#[container]
struct European {
    #[many(dyn IVenue, key = "kraken")]
    kraken: Kraken,
    #[many(dyn IVenue, key = "bybit")]
    bybit: Bybit,
}

#[container]
struct Worldwide {
    #[many(dyn IVenue, key = "okx")]
    okx: Okx,
    #[module]
    #[many(dyn IVenue)]
    european: European,
    #[many(dyn IVenue, key = "binance")]
    binance: Binance,
    router: Router,
}

#[test]
fn the_members_of_a_module_stand_where_the_module_does() {
    let app = Worldwide::build(WorldwideInputs {});
    assert_eq!(names(app.many()), ["okx", "kraken", "bybit", "binance"]);
    assert_eq!(app.many::<dyn IVenue>().keys().collect::<Vec<_>>(), ["okx", "kraken", "bybit", "binance"]);
    assert_eq!(names(&app.get::<Router>().venues), names(app.many()));
}

#[container]
struct MemberAndMore {
    #[many(dyn IVenue, key = "bybit")]
    #[register(dual)]
    bybit: Bybit,
    #[many(dyn IVenue, key = "okx")]
    #[register(concrete)]
    okx: Okx,
}

#[test]
fn a_member_answers_other_keys_where_it_says_so_and_is_the_same_instance() {
    let app = MemberAndMore::build(MemberAndMoreInputs {});
    let venues = app.many::<dyn IVenue>();
    assert!(Arc::ptr_eq(venues.by_key("bybit").unwrap(), &app.shared::<dyn IVenue>()));
    assert!(std::ptr::addr_eq(Arc::as_ptr(venues.by_key("okx").unwrap()), app.get::<Okx>()));
}

#[container]
struct Given {
    #[input]
    #[many(dyn IVenue, key = "given")]
    given: Arc<dyn IVenue>,
    #[many(dyn IVenue, key = "bybit")]
    bybit: Bybit,
}

#[test]
fn the_caller_can_supply_a_member() {
    let given: Arc<dyn IVenue> = Arc::new(Okx);
    let app = Given::build(GivenInputs { given: Arc::clone(&given) });
    assert!(Arc::ptr_eq(app.many::<dyn IVenue>().by_key("given").unwrap(), &given));
    assert_eq!(names(app.many()), ["okx", "bybit"]);
}

#[container]
struct GivenWhole {
    #[input]
    venues: Many<dyn IVenue>,
    router: Router,
}

#[test]
fn the_caller_can_supply_a_whole_group() {
    let okx: Arc<dyn IVenue> = Arc::new(Okx);
    let app = GivenWhole::build(GivenWholeInputs { venues: Many::new([(Some("okx"), okx)]) });
    assert_eq!(names(&app.get::<Router>().venues), ["okx"]);
}

#[interface]
trait IFee {
    fn bps(&self) -> u32;
}

#[service(provides = [IVenue, IFee])]
struct Both;

impl IVenue for Both {
    fn name(&self) -> &str {
        "both"
    }
}

impl IFee for Both {
    fn bps(&self) -> u32 {
        1
    }
}

#[service]
struct AnyVenue<T: IVenue> {
    inner: Arc<T>,
}

impl<T: IVenue> IVenue for AnyVenue<T> {
    fn name(&self) -> &str {
        self.inner.name()
    }
}

#[container]
struct TwoGroups {
    #[many(dyn IVenue)]
    any: AnyVenue<Both>,
    #[many(dyn IFee)]
    #[register(dual)]
    both: Both,
}

#[test]
fn a_member_need_not_list_the_interface_of_its_group() {
    let app = TwoGroups::build(TwoGroupsInputs {});
    assert_eq!(names(app.many()), ["both"]);
    assert_eq!(app.many::<dyn IFee>().iter().map(|fee| fee.bps()).sum::<u32>(), 1);
}

mod spot {
    #[di_core::interface]
    pub(super) trait IFeed {}
}

mod futures {
    #[di_core::interface]
    pub(super) trait IFeed {}
}

#[service]
struct SpotFeed;
impl spot::IFeed for SpotFeed {}

#[service]
struct FuturesFeed;
impl futures::IFeed for FuturesFeed {}

#[service]
struct Feeds {
    spot: Many<dyn spot::IFeed>,
    futures: Many<dyn futures::IFeed>,
}

#[container]
struct TwoGroupsOfOneName {
    #[many(dyn spot::IFeed)]
    spot: SpotFeed,
    #[many(dyn futures::IFeed)]
    first: FuturesFeed,
    feeds: Feeds,
}

#[test]
fn two_groups_of_one_name_are_told_apart_by_their_paths() {
    let app = TwoGroupsOfOneName::build(TwoGroupsOfOneNameInputs {});
    assert_eq!((app.feeds.spot.len(), app.feeds.futures.len()), (1, 1));
}
