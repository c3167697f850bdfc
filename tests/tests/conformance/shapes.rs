//! Shapes of services, interfaces and inputs.

use std::borrow::Cow;
use std::sync::Arc;

use di_core::{container, interface, service};

#[service]
#[derive(Debug, Default)]
struct Unit;

#[derive(Debug)]
#[service]
struct Tuple(Arc<Unit>, #[inject(default)] u32);

#[service]
struct Counted<const N: usize> {
    unit: Arc<Unit>,
}

#[service]
struct Bounded<T, const N: usize>
where
    T: std::fmt::Debug + Send + Sync + 'static,
{
    inner: Arc<T>,
    #[inject(default)]
    bytes: Option<[u8; N]>,
}

#[service]
struct Defaulted<T: ?::core::marker::Sized + Send + Sync + 'static = Unit> {
    inner: Arc<T>,
}

enum Side {
    Buy(Arc<Unit>),
    Sell,
}

#[service]
impl Side {
    #[constructor]
    fn new(unit: Arc<Unit>) -> Self {
        if Arc::strong_count(&unit) == 0 { Self::Sell } else { Self::Buy(unit) }
    }
}

#[container]
struct Shapes {
    unit: Unit,
    tuple: Tuple,
    three: Counted<3>,
    four: Counted<{ 1 + 3 }>,
    bounded: Bounded<Unit, 4>,
    defaulted: Defaulted,
    side: Side,
}

#[test]
fn services_are_structs_of_each_kind_enums_and_generic_in_types_and_constants() {
    let app = Shapes::build(ShapesInputs {});
    let tuple: &Tuple = app.get();
    let shared: Arc<Unit> = app.shared();
    assert_eq!(tuple.1, 0);
    assert!(Arc::ptr_eq(&tuple.0, &shared));
    assert!(Arc::ptr_eq(&app.get::<Counted<3>>().unit, &app.get::<Counted<4>>().unit));
    assert_eq!(app.get::<Bounded<Unit, 4>>().bytes, None);
    assert!(Arc::ptr_eq(&app.get::<Bounded<Unit, 4>>().inner, &app.get::<Defaulted<Unit>>().inner));
    assert!(matches!(app.get(), Side::Buy(unit) if Arc::ptr_eq(unit, &shared)));
}

#[interface]
trait IRepository<T: 'static> {
    fn load(&self) -> T;
}

#[interface]
trait ISource {
    type Item;

    fn next(&self) -> Self::Item;
}

#[service(provides = [IRepository<u8>, IRepository<String>, ISource<Item = u8>])]
struct Repository;

impl IRepository<u8> for Repository {
    fn load(&self) -> u8 {
        1
    }
}

impl IRepository<String> for Repository {
    fn load(&self) -> String {
        "one".to_owned()
    }
}

impl ISource for Repository {
    type Item = u8;

    fn next(&self) -> u8 {
        2
    }
}

#[service]
struct Reader {
    numbers: Arc<dyn IRepository<u8>>,
    texts: Arc<dyn IRepository<String>>,
    source: Arc<dyn ISource<Item = u8>>,
}

#[container]
struct Repositories {
    repository: Repository,
    reader: Reader,
}

#[test]
fn interfaces_may_have_parameters_and_types_of_their_own() {
    let app = Repositories::build(RepositoriesInputs {});
    let reader: &Reader = app.get();
    assert_eq!((reader.numbers.load(), reader.texts.load().as_str(), reader.source.next()), (1, "one", 2));
}

#[interface]
trait IDigit<const N: usize> {
    fn digit(&self) -> usize;
}

#[service(provides = [
    IDigit<0>, IDigit<1>, IDigit<2>, IDigit<3>, IDigit<4>, IDigit<5>, IDigit<6>, IDigit<7>, IDigit<8>,
    IDigit<9>, IDigit<10>, IDigit<11>, IDigit<12>, IDigit<13>, IDigit<14>, IDigit<15>, IDigit<16>, IDigit<17>,
])]
struct Digits;

impl<const N: usize> IDigit<N> for Digits {
    fn digit(&self) -> usize {
        N
    }
}

#[container]
struct Numbered {
    digits: Digits,
}

#[test]
fn a_service_may_have_more_interfaces_than_a_digit_can_count() {
    let app = Numbered::build(NumberedInputs {});
    let first: &dyn IDigit<0> = app.get();
    let (of_one_digit, of_two): (Arc<dyn IDigit<15>>, Arc<dyn IDigit<16>>) = (app.shared(), app.shared());
    let last: &dyn IDigit<17> = app.get();
    assert_eq!((first.digit(), of_one_digit.digit(), of_two.digit(), last.digit()), (0, 15, 16, 17));
}

type Adder = Arc<dyn Fn(u32) -> u32 + Send + Sync>;

#[service]
struct Taker {
    text: Arc<Option<&'static str>>,
    cow: Arc<Cow<'static, str>>,
    shared_text: Arc<str>,
    bytes: Arc<[u8]>,
    add: Adder,
    echo: Arc<dyn for<'a> Fn(&'a str) -> &'a str + Send + Sync>,
    len: Arc<fn(&str) -> usize>,
    pair: Arc<(u8, [u8; 3])>,
}

#[container]
struct Given {
    taker: Taker,
    #[input]
    text: Option<&'static str>,
    #[input]
    cow: Cow<'static, str>,
    #[input]
    shared_text: Arc<str>,
    #[input]
    bytes: Arc<[u8]>,
    #[input]
    add: Arc<dyn Fn(u32) -> u32 + Send + Sync>,
    #[input]
    echo: Arc<dyn for<'a> Fn(&'a str) -> &'a str + Send + Sync>,
    #[input]
    len: fn(&str) -> usize,
    #[input]
    pair: (u8, [u8; 3]),
}

#[test]
fn inputs_are_of_any_type_with_or_without_a_size() {
    let app = Given::build(GivenInputs {
        text: Some("text"),
        cow: "cow".into(),
        shared_text: "shared".into(),
        bytes: Arc::from([1, 2]),
        add: Arc::new(|number| number + 1),
        echo: Arc::new(|text| text),
        len: str::len,
        pair: (1, [2, 3, 4]),
    });
    let taker: &Taker = app.get();
    assert_eq!(
        (*taker.text, &**taker.cow, &*taker.shared_text, &*taker.bytes),
        (Some("text"), "cow", "shared", &[1, 2][..])
    );
    assert_eq!(
        ((taker.add)(1), (taker.echo)("echo"), (taker.len)("four"), *taker.pair),
        (2, "echo", 4, (1, [2, 3, 4]))
    );
    let (text, bytes): (&str, &[u8]) = (app.get(), app.get());
    assert_eq!((text, bytes), ("shared", &[1, 2][..]));
}
