//! Generic services, and static dispatch beside dynamic dispatch.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
trait IExchange {
    fn fee_bps(&self) -> u32;
}

#[service(provides = IExchange)]
struct Bybit;

impl IExchange for Bybit {
    fn fee_bps(&self) -> u32 {
        10
    }
}

#[service]
struct Engine<E: IExchange + ?Sized> {
    venue: Arc<E>,
}

impl<E: IExchange + ?Sized> Engine<E> {
    fn cost(&self) -> u32 {
        self.venue.fee_bps() * 2
    }
}

#[service]
struct Desk {
    fast: Arc<Engine<Bybit>>,
    flexible: Arc<Engine<dyn IExchange>>,
}

#[container]
struct App {
    desk: Desk,
    fast: Engine<Bybit>,
    flexible: Engine<dyn IExchange>,
    bybit: Bybit,
}

#[test]
fn static_dispatch_stands_beside_dynamic_dispatch_on_the_same_instance() {
    let app = App::build(AppInputs {});
    let desk: &Desk = app.get();
    assert_eq!((desk.fast.cost(), desk.flexible.cost()), (20, 20));
    assert!(std::ptr::addr_eq(Arc::as_ptr(&desk.fast.venue), Arc::as_ptr(&desk.flexible.venue)));
    assert!(Arc::ptr_eq(&desk.fast.venue, &app.shared()));
}

#[interface]
trait IRepository<T: Debug + Send + Sync + 'static> {
    fn describe(&self, item: &T) -> String;
}

#[service(provides = IRepository<T>)]
struct Repository<T: Debug + Send + Sync + 'static> {
    #[inject(default)]
    of: PhantomData<T>,
    bybit: Arc<Bybit>,
}

impl<T: Debug + Send + Sync + 'static> IRepository<T> for Repository<T> {
    fn describe(&self, item: &T) -> String {
        format!("{item:?} at {}", self.bybit.fee_bps())
    }
}

/// An exact binding for one argument.
#[service(provides = IRepository<char>)]
struct Letters;

impl IRepository<char> for Letters {
    fn describe(&self, item: &char) -> String {
        format!("letter {item}")
    }
}

#[service]
struct Reader {
    numbers: Arc<dyn IRepository<u32>>,
    texts: Arc<dyn IRepository<String>>,
    letters: Arc<dyn IRepository<char>>,
}

#[container]
struct Generic {
    reader: Reader,
    numbers: Repository<u32>,
    texts: Repository<String>,
    letters: Letters,
    bybit: Bybit,
}

#[test]
fn one_generic_service_serves_every_argument_that_meets_its_bounds() {
    let app = Generic::build(GenericInputs {});
    let reader: &Reader = app.get();
    assert_eq!(reader.numbers.describe(&1), "1 at 10");
    assert_eq!(reader.texts.describe(&"a".to_owned()), "\"a\" at 10");
    assert!(app.get::<Repository<u32>>().of == PhantomData);
}

#[test]
fn an_exact_binding_stands_beside_a_generic_one() {
    let app = Generic::build(GenericInputs {});
    assert_eq!(app.get::<Reader>().letters.describe(&'x'), "letter x");
    assert_eq!(app.get::<dyn IRepository<char>>().describe(&'y'), "letter y");
}

#[service]
struct Window<const N: usize> {
    #[inject(default)]
    filled: usize,
}

struct Averages {
    short: Arc<Window<5>>,
    long: Arc<Window<200>>,
}

#[service]
impl Averages {
    #[constructor]
    fn new(short: Arc<Window<5>>, long: Arc<Window<200>>) -> Self {
        Self { short, long }
    }
}

#[container]
struct WithConstants {
    averages: Averages,
    short: Window<5>,
    long: Window<200>,
}

#[test]
fn a_service_can_be_generic_over_a_constant() {
    let app = WithConstants::build(WithConstantsInputs {});
    let averages: &Averages = app.get();
    assert!(Arc::ptr_eq(&averages.short, &app.shared::<Window<5>>()));
    assert!(Arc::ptr_eq(&averages.long, &app.shared::<Window<200>>()));
    assert_eq!(averages.short.filled + averages.long.filled, 0);
}

struct Cached<T> {
    inner: Arc<T>,
}

#[service]
impl<T> Cached<T>
where
    T: IExchange,
{
    #[constructor]
    fn new(inner: Arc<T>) -> Self {
        Self { inner }
    }
}

#[container]
struct Twice {
    #[register(concrete)]
    twice: Cached<Bybit>,
    bybit: Bybit,
}

#[test]
fn a_generic_impl_block_with_a_where_clause_is_a_service() {
    let app = Twice::build(TwiceInputs {});
    assert_eq!(app.get::<Cached<Bybit>>().inner.fee_bps(), 10);
}

/// A type that belongs to another one.
trait Holds {
    type Held: Send + Sync + 'static;
}

#[service]
struct Holder {
    held: Arc<<Self as Holds>::Held>,
}

impl Holds for Holder {
    type Held = u32;
}

#[container]
struct OfItself {
    #[input]
    held: u32,
    holder: Holder,
}

#[test]
fn an_associated_type_of_the_service_itself_is_a_dependency() {
    let app = OfItself::build(OfItselfInputs { held: 9 });
    assert_eq!(*app.get::<Holder>().held, 9);
}
