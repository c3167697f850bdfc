//! The container, written out in a third crate than its services: what `#[container]` stands for.
//!
//! The headers of the impls for interfaces name the container in the projection. Without it, coherence would have to assume that
//! the projection of a service in another crate may change, and two of these impls would be E0119.

use std::fmt;
use std::sync::Arc;

use by_hand_market::Market;
use by_hand_venue::{Bybit, Log};
use di_core::__private::{
    Assemble, Build, BuildError, BuildFuture, Deferring, Edge, Field, Filled, Filling, Held, InOrder, Instance, List,
    Make, Probe, Ready, Round, State, Visit, Way, X0, X1, build, check, close, place, seen,
};
use di_core::graph::{Graph, Kind, Node};
use di_core::{CloseError, Container, Interface, Keeps, Lends, Mode, Moded, Provides, Service};

/// A market with its venue, each under its type and its interfaces.
pub struct App {
    slots: Slots<Ready>,
}

/// What the caller of `App::build` supplies.
#[derive(Debug)]
pub struct AppInputs {
    /// Where constructors are noted.
    pub log: Log,
}

/// The fields, in a state.
pub struct Slots<S: State> {
    market: S::Cell<Arc<Market>>,
    bybit: S::Cell<Arc<Bybit>>,
    log: S::Cell<Arc<Log>>,
    deferred: S::Deferred<App>,
}

impl App {
    /// Builds an `App`: every service after what it needs.
    pub fn build(inputs: AppInputs) -> Self {
        <Mode<false, false> as Moded>::of(build::<Self>((), inputs))
    }

    /// The instance that answers `T`, borrowed.
    pub fn get<T: ?Sized>(&self) -> &T
    where
        Self: Lends<T>,
    {
        <Self as Container>::get::<T>(self)
    }

    /// What answers `T`, shared.
    pub fn shared<T: ?Sized>(&self) -> Arc<T>
    where
        Self: Provides<T>,
    {
        <Self as Container>::shared::<T>(self)
    }

    /// Closes every service, dependents before what they depend on, and drops the container.
    ///
    /// # Errors
    ///
    /// The services that could not be closed; all others have been.
    pub fn close(self) -> Result<(), CloseError> {
        close(&self)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App")
    }
}

impl<S: State> fmt::Debug for Slots<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slots")
    }
}

impl Container for App {
    type Slots<S: State> = Slots<S>;
    type Inputs = AppInputs;
    const GRAPH: Graph = {
        const NODES: &[Node] = &[<App as Field<0>>::NODE, <App as Field<1>>::NODE, <App as Field<2>>::NODE];
        const ORDER: [usize; 3] = Graph::order::<3>(NODES);
        Graph::new("App", NODES, &ORDER)
    };

    type Deferring = Deferring<false>;

    fn slots(&self) -> &Slots<Ready> {
        &self.slots
    }

    fn deferred<S: State>(slots: &Slots<S>) -> &S::Deferred<Self> {
        &slots.deferred
    }
}

impl Assemble for App {
    type Inherited = ();
    type Building = InOrder;
    const CYCLIC: bool = check::cyclic::<3>(&Self::GRAPH);

    fn begin((): (), AppInputs { log }: AppInputs) -> Slots<InOrder> {
        Slots { market: InOrder::empty(), bybit: InOrder::empty(), log: InOrder::filled(Arc::new(log)), deferred: () }
    }

    fn fill<R: Round<Self>>(slots: &mut Slots<InOrder>, round: &mut R) -> Filled {
        const ORDER: &[usize] = App::GRAPH.order;
        place::<Self, R, { ORDER[0] }>(slots, round)?;
        place::<Self, R, { ORDER[1] }>(slots, round)?;
        place::<Self, R, { ORDER[2] }>(slots, round)
    }

    fn visit<V: Visit<InOrder>>(slots: &mut Slots<InOrder>, node: usize, visitor: V) -> V::Output {
        match node {
            0 => visitor.cell::<Arc<Market>>(&mut slots.market),
            1 => visitor.cell::<Arc<Bybit>>(&mut slots.bybit),
            2 => visitor.cell::<Arc<Log>>(&mut slots.log),
            _ => visitor.nothing(),
        }
    }

    fn finish(slots: Slots<InOrder>) -> (Self, ()) {
        let Slots { market, bybit, log, deferred } = slots;
        let slots = Slots {
            market: InOrder::finish(market),
            bybit: InOrder::finish(bybit),
            log: InOrder::finish(log),
            deferred: (),
        };
        (Self { slots }, deferred)
    }

    fn concurrently(build: Build<Self>) -> BuildFuture<Result<Self, BuildError>> {
        BuildFuture::new(build)
    }

    fn held(slots: &Slots<Ready>, node: usize) -> Option<&dyn Held> {
        match node {
            0 => Some(&slots.market),
            1 => Some(&slots.bybit),
            _ => None,
        }
    }
}

// `market: Market`
const _: () = check::edges::<App>(0);

impl Field<0> for App {
    const NODE: Node = {
        type Deps = <Market as Service>::Deps;
        type Second = <Deps as List>::Tail;
        type Third = <Second as List>::Tail;
        Node {
            field: "market",
            service: "Market",
            kind: Kind::Singleton,
            interfaces: Market::INFO.interfaces,
            edges: &[
                Edge::new(&Market::INFO.members[0], Probe::<Self, <Deps as List>::Head>::TARGET),
                Edge::new(&Market::INFO.members[1], Probe::<Self, <Second as List>::Head>::TARGET),
                Edge::new(&Market::INFO.members[2], Probe::<Self, <Third as List>::Head>::TARGET),
            ],
            ..Node::EMPTY
        }
    };

    fn make(slots: &mut Slots<InOrder>) -> Filled {
        let made = Make::<Self, Market>::make::<InOrder, Arc<Market>>(slots, None);
        InOrder::fill(&mut slots.market, made)
    }
}

impl Keeps<Market> for App {
    const INDEX: usize = 0;

    fn cell<S: State>(slots: &Slots<S>) -> &S::Cell<Arc<Market>> {
        &slots.market
    }
}

impl Lends<<Market as Interface<X0, Self>>::Object> for App {
    const INDEX: usize = 0;

    fn see<S: State>(slots: &Slots<S>, way: Way) -> Instance<'_, <Market as Interface<X0, Self>>::Object> {
        seen::<Market, X0, Self, S>(&slots.market, way)
    }
}

impl Lends<<Market as Interface<X1, Self>>::Object> for App {
    const INDEX: usize = 0;

    fn see<S: State>(slots: &Slots<S>, way: Way) -> Instance<'_, <Market as Interface<X1, Self>>::Object> {
        seen::<Market, X1, Self, S>(&slots.market, way)
    }
}

// `bybit: Bybit`
const _: () = check::edges::<App>(1);

impl Field<1> for App {
    const NODE: Node = Node {
        field: "bybit",
        service: "Bybit",
        kind: Kind::Singleton,
        interfaces: Bybit::INFO.interfaces,
        edges: &[Edge::new(&Bybit::INFO.members[0], Probe::<Self, <<Bybit as Service>::Deps as List>::Head>::TARGET)],
        ..Node::EMPTY
    };

    fn make(slots: &mut Slots<InOrder>) -> Filled {
        let made = Make::<Self, Bybit>::make::<InOrder, Arc<Bybit>>(slots, None);
        InOrder::fill(&mut slots.bybit, made)
    }
}

impl Keeps<Bybit> for App {
    const INDEX: usize = 1;

    fn cell<S: State>(slots: &Slots<S>) -> &S::Cell<Arc<Bybit>> {
        &slots.bybit
    }
}

impl Lends<<Bybit as Interface<X0, Self>>::Object> for App {
    const INDEX: usize = 1;

    fn see<S: State>(slots: &Slots<S>, way: Way) -> Instance<'_, <Bybit as Interface<X0, Self>>::Object> {
        seen::<Bybit, X0, Self, S>(&slots.bybit, way)
    }
}

// `#[input] log: Log`
impl Field<2> for App {
    const NODE: Node = Node { field: "log", service: "Log", kind: Kind::Input, ..Node::EMPTY };
}

impl Keeps<Log> for App {
    const INDEX: usize = 2;

    fn cell<S: State>(slots: &Slots<S>) -> &S::Cell<Arc<Log>> {
        &slots.log
    }
}
