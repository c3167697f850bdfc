//! The engine of the crate `barter`, driven as its `sync_run` drives it, with its own mock exchange.

use std::cell::Cell;
use std::vec::IntoIter;

use barter::EngineEvent;
use barter::engine::audit::EngineAudit;
use barter::engine::clock::HistoricalClock;
use barter::engine::execution_tx::MultiExchangeTxMap;
use barter::engine::state::EngineState;
use barter::engine::state::global::DefaultGlobalData;
use barter::engine::state::instrument::data::{DefaultInstrumentMarketData, InstrumentDataState};
use barter::engine::state::instrument::filter::InstrumentFilter;
use barter::engine::state::trading::TradingState;
use barter::engine::{Engine, process_with_audit};
use barter::execution::AccountStreamEvent;
use barter::execution::request::ExecutionRequest;
use barter::risk::DefaultRiskManager;
use barter::strategy::DefaultStrategy;
use barter::strategy::algo::AlgoStrategy;
use barter::strategy::close_positions::ClosePositionsStrategy;
use barter::strategy::on_disconnect::OnDisconnectStrategy;
use barter::strategy::on_trading_disabled::OnTradingDisabled;
use barter_data::event::{DataKind, MarketEvent};
use barter_data::streams::consumer::MarketStreamEvent;
use barter_data::subscription::trade::PublicTrade;
use barter_execution::balance::{AssetBalance, Balance};
use barter_execution::client::mock::MockExecutionConfig;
use barter_execution::exchange::mock::MockExchange;
use barter_execution::order::id::ClientOrderId;
use barter_execution::order::request::{OrderRequestCancel, OrderRequestOpen, RequestOpen};
use barter_execution::order::state::OrderState;
use barter_execution::order::{Order, OrderKey, OrderKind, TimeInForce};
use barter_execution::trade::Trade;
use barter_execution::{AccountEvent, AccountEventKind, UnindexedAccountSnapshot};
use barter_instrument::asset::AssetIndex;
use barter_instrument::exchange::{ExchangeId, ExchangeIndex};
use barter_instrument::index::IndexedInstruments;
use barter_instrument::instrument::{Instrument, InstrumentIndex};
use barter_instrument::{Side, Underlying};
use barter_integration::channel::{UnboundedRx, UnboundedTx, mpsc_unbounded};
use barter_integration::collection::snapshot::Snapshot;
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use tokio::sync::{broadcast, mpsc};

use crate::{Ran, Runs, Tape};

const NAME: &str = "BTCUSDT";
const CASH: Decimal = Decimal::ONE_THOUSAND;

type State = EngineState<DefaultGlobalData, DefaultInstrumentMarketData>;
type Transmitters = MultiExchangeTxMap<UnboundedTx<ExecutionRequest>>;
type BarterEngine = Engine<HistoricalClock, State, Transmitters, EachTrade, DefaultRiskManager<State>>;

/// Buys at one trade and sells at the next, or does nothing.
struct EachTrade {
    is_idle: bool,
    /// Until it is set again by the next trade, there is nothing to do: the engine asks at each event of the account, too.
    is_due: Cell<bool>,
    orders: Cell<u64>,
    others: DefaultStrategy<State>,
}

impl AlgoStrategy for EachTrade {
    type State = State;

    fn generate_algo_orders(
        &self,
        state: &State,
    ) -> (impl IntoIterator<Item = OrderRequestCancel>, impl IntoIterator<Item = OrderRequestOpen>) {
        let is_due = self.is_due.replace(false) && !self.is_idle;
        let price = state.instruments.instrument_index(&InstrumentIndex(0)).data.price();
        let order = price.filter(|_| is_due).map(|price| {
            let number = self.orders.replace(self.orders.get() + 1);
            OrderRequestOpen {
                key: OrderKey {
                    exchange: ExchangeIndex(0),
                    instrument: InstrumentIndex(0),
                    strategy: self.others.id.clone(),
                    cid: ClientOrderId::random(),
                },
                state: RequestOpen {
                    side: if number.is_multiple_of(2) { Side::Buy } else { Side::Sell },
                    price,
                    quantity: Decimal::new(1, 3),
                    kind: OrderKind::Market,
                    time_in_force: TimeInForce::ImmediateOrCancel,
                },
            }
        });
        (std::iter::empty(), order)
    }
}

impl ClosePositionsStrategy for EachTrade {
    type State = State;

    fn close_positions_requests<'a>(
        &'a self,
        state: &'a State,
        filter: &'a InstrumentFilter,
    ) -> (impl IntoIterator<Item = OrderRequestCancel> + 'a, impl IntoIterator<Item = OrderRequestOpen> + 'a)
    where
        ExchangeIndex: 'a,
        AssetIndex: 'a,
        InstrumentIndex: 'a,
    {
        self.others.close_positions_requests(state, filter)
    }
}

impl<Clock, State, Txs, Risk> OnDisconnectStrategy<Clock, State, Txs, Risk> for EachTrade {
    type OnDisconnect = ();

    fn on_disconnect(_: &mut Engine<Clock, State, Txs, Self, Risk>, _: ExchangeId) {}
}

impl<Clock, State, Txs, Risk> OnTradingDisabled<Clock, State, Txs, Risk> for EachTrade {
    type OnTradingDisabled = ();

    fn on_trading_disabled(_: &mut Engine<Clock, State, Txs, Self, Risk>) {}
}

pub(crate) struct Barter {
    engine: BarterEngine,
    requests: UnboundedRx<ExecutionRequest>,
    exchange: MockExchange,
    trades: IntoIter<EngineEvent<DataKind>>,
    quote: AssetIndex,
    fills: u64,
}

impl Runs for Barter {
    fn new(tape: &Tape, is_idle: bool) -> Self {
        let instrument = Instrument::spot(
            ExchangeId::BinanceSpot,
            "binance_spot_btc_usdt",
            NAME,
            Underlying::new("btc", "usdt"),
            None,
        );
        let instruments = IndexedInstruments::new([instrument]);
        let start = time(0);
        let balance = Balance { total: CASH * CASH, free: CASH * CASH };
        let state = EngineState::builder(&instruments, DefaultGlobalData, |_| DefaultInstrumentMarketData::default())
            .time_engine_start(start)
            .trading_state(TradingState::Enabled)
            .balances([(ExchangeId::BinanceSpot, "usdt", balance), (ExchangeId::BinanceSpot, "btc", balance)])
            .build();
        let (sender, requests) = mpsc_unbounded();
        let strategy =
            EachTrade { is_idle, is_due: Cell::new(false), orders: Cell::new(0), others: DefaultStrategy::default() };
        let transmitters = MultiExchangeTxMap::from_iter([(ExchangeId::BinanceSpot, Some(sender))]);
        let engine =
            Engine::new(HistoricalClock::new(start), state, transmitters, strategy, DefaultRiskManager::default());
        let quote = engine.state.assets.0.keys().position(|asset| asset.asset.as_ref() == "usdt");
        let trades: Vec<_> = tape.prices().enumerate().map(|(number, price)| trade(number, price)).collect();
        Self {
            engine,
            requests,
            exchange: exchange(balance),
            trades: trades.into_iter(),
            quote: AssetIndex(quote.expect("the quote currency is an asset")),
            fills: 0,
        }
    }

    fn take(&mut self) {
        let Some(trade) = self.trades.next() else { return };
        self.engine.strategy.is_due.set(true);
        self.process(trade);
        while let Ok(request) = self.requests.rx.try_recv() {
            if let ExecutionRequest::Open(order) = request {
                self.execute(order);
            }
        }
    }

    fn ran(&self) -> Ran {
        Ran { orders: self.engine.strategy.orders.get(), fills: self.fills }
    }
}

impl Barter {
    fn process(&mut self, event: EngineEvent<DataKind>) {
        let audit = process_with_audit(&mut self.engine, event);
        if let EngineAudit::Process(audit) = &audit.event {
            assert!(audit.errors.is_empty(), "{audit:?}");
        }
    }

    /// What its execution manager does with a request, without the tasks and channels between: the exchange trades the order, and
    /// the engine is told the order's state, the balance and the trade.
    fn execute(&mut self, order: OrderRequestOpen) {
        let OrderRequestOpen { key, state } = order;
        let key = OrderKey {
            exchange: ExchangeId::BinanceSpot,
            instrument: NAME.into(),
            strategy: key.strategy,
            cid: key.cid,
        };
        let (response, notifications) = self.exchange.open_order(OrderRequestOpen { key, state });
        let notifications = notifications.expect("there is enough money");
        let Order { key, side, price, quantity, kind, time_in_force, state } = response;
        let open = state.expect("a market order is traded");
        let state = if open.quantity_remaining(quantity).is_zero() {
            OrderState::fully_filled()
        } else {
            OrderState::active(open)
        };
        let key = OrderKey {
            exchange: ExchangeIndex(0),
            instrument: InstrumentIndex(0),
            strategy: key.strategy,
            cid: key.cid,
        };
        let order = Order { key, side, price, quantity, kind, time_in_force, state };
        self.account(AccountEventKind::OrderSnapshot(Snapshot(order)));
        self.exchange.account.ack_trade(notifications.trade.clone());
        let AssetBalance { balance, time_exchange, .. } = notifications.balance.0;
        let balance = AssetBalance { asset: self.quote, balance, time_exchange };
        self.account(AccountEventKind::BalanceSnapshot(Snapshot(balance)));
        let Trade { id, order_id, strategy, time_exchange, side, price, quantity, fees, .. } = notifications.trade;
        let instrument = InstrumentIndex(0);
        let trade = Trade { id, order_id, instrument, strategy, time_exchange, side, price, quantity, fees };
        self.account(AccountEventKind::Trade(trade));
        self.fills += 1;
    }

    fn account(&mut self, kind: AccountEventKind<ExchangeIndex, AssetIndex, InstrumentIndex>) {
        let event = AccountEvent { exchange: ExchangeIndex(0), kind };
        self.process(EngineEvent::Account(AccountStreamEvent::Item(event)));
    }
}

fn exchange(balance: Balance) -> MockExchange {
    let balances = ["usdt", "btc"].map(|asset| AssetBalance { asset: asset.into(), balance, time_exchange: time(0) });
    let config = MockExecutionConfig {
        mocked_exchange: ExchangeId::BinanceSpot,
        initial_state: UnindexedAccountSnapshot {
            exchange: ExchangeId::BinanceSpot,
            balances: balances.into(),
            instruments: Vec::new(),
        },
        latency_ms: 0,
        fees_percent: Decimal::new(5, 4),
    };
    let instrument =
        Instrument::spot(ExchangeId::BinanceSpot, "binance_spot_btc_usdt", NAME, Underlying::new("btc", "usdt"), None);
    let (_asked, requests) = mpsc::unbounded_channel();
    let (events, _heard) = broadcast::channel(1);
    MockExchange::new(config, requests, events, std::iter::once((NAME.into(), instrument)).collect())
}

fn trade(number: usize, price: Decimal) -> EngineEvent<DataKind> {
    let now = time(number);
    EngineEvent::Market(MarketStreamEvent::Item(MarketEvent {
        time_exchange: now,
        time_received: now,
        exchange: ExchangeId::BinanceSpot,
        instrument: InstrumentIndex(0),
        kind: DataKind::Trade(PublicTrade {
            id: number.to_string(),
            price: trading_services::model::to_f64(price),
            amount: 1.0,
            side: Side::Buy,
        }),
    }))
}

fn time(number: usize) -> DateTime<Utc> {
    let passed = Tape::after(number);
    DateTime::UNIX_EPOCH + TimeDelta::from_std(passed).expect("a day")
}
