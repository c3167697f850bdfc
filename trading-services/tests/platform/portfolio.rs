//! The accounts of the portfolio, beside backtrader's, and its sums.

use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::model::{
    Currency, Fill, FundingPayment, FundingSettlement, InstrumentId, Price, Timestamp, to_f64,
};
use trading_services::portfolio::Portfolio;
use trading_services::ports::{ICurrencyRates, IPortfolio, Outcomes, PortfolioError, ProfitAndLoss};

use crate::common;

fn fill(number: usize, instrument: &InstrumentId, quantity: Decimal, price: Decimal, fee: Decimal) -> Fill {
    Fill { fee, ..common::fill(number, instrument, quantity, price) }
}

fn portfolio() -> Portfolio {
    Portfolio::with_cash(Currency::usdt(), dec!(10000))
}

#[test]
fn five_hundred_fills_with_flips_give_the_positions_of_backtrader() {
    let Some(truth) = common::data("truths/positions_backtrader.csv") else { return };
    let (portfolio, instrument, mut rows) = (portfolio(), common::btc_id(), 0);
    for record in csv::Reader::from_path(truth).unwrap().records() {
        let record = record.unwrap();
        let exact = |column: usize| -> Decimal { record[column].parse().unwrap() };
        let number = |column: usize| -> f64 { record[column].parse().unwrap() };
        let equal = |name: &str, ours: Decimal, column: usize| {
            let (ours, truth) = (to_f64(ours), number(column));
            assert!((ours - truth).abs() <= 1e-9 * truth.abs().max(1.0), "row {rows}, {name}: {ours} is not {truth}");
        };
        // Fees there are a permille of what is paid; the truth has them rounded by floating point.
        let fee = exact(1).abs() * exact(2) * dec!(0.001);
        let change = portfolio.apply(&fill(rows, &instrument, exact(1), exact(2), fee)).unwrap().unwrap();
        let view = &portfolio.positions()[0];
        equal("size", view.position.quantity, 3);
        equal("average", view.position.average_price().unwrap_or_default(), 4);
        equal("opened", change.opened, 5);
        equal("closed", change.closed, 6);
        equal("profit", change.profit, 7);
        equal("profit in all", view.realised, 8);
        equal("fee", fee, 9);
        equal("fees in all", portfolio.pnl().unwrap().fees, 10);
        rows += 1;
    }
    assert_eq!(rows, 500);
}

#[test]
fn the_same_fill_twice_is_one() {
    let (portfolio, fill) = (portfolio(), fill(1, &common::btc_id(), dec!(1), dec!(100), dec!(1)));
    assert!(portfolio.apply(&fill).unwrap().is_some());
    let before = (portfolio.balances(), portfolio.positions());
    assert_eq!(portfolio.apply(&fill), Ok(None));
    assert_eq!((portfolio.balances(), portfolio.positions()), before);
}

/// Everything is worth 600.
struct SixHundred;

impl ICurrencyRates for SixHundred {
    fn rate(&self, _: &Currency, _: &Currency) -> Option<Price> {
        "600".parse().ok()
    }
}

#[test]
fn fees_in_another_currency_are_valued_at_its_rate_and_without_one_there_is_no_equity() {
    let (account, bnb) = (portfolio(), "BNB".parse::<Currency>().unwrap());
    let mut fill = fill(1, &common::btc_id(), dec!(1), dec!(100), dec!(0.5));
    fill.fee_currency = bnb.clone();
    account.apply(&fill).unwrap();
    assert_eq!(account.equity(), Err(PortfolioError::NoRate(bnb.clone())));
    assert_eq!(account.in_account(&bnb, dec!(1)), Err(PortfolioError::NoRate(bnb.clone())));
    let account = account.with_rates(Arc::new(SixHundred));
    assert_eq!((account.equity(), account.in_account(&bnb, dec!(2))), (Ok(dec!(9700)), Ok(dec!(1200))));
    assert_eq!(account.balances()[&bnb], dec!(-0.5));
    assert_eq!(account.pnl().unwrap().fees, dec!(300));
}

#[test]
fn a_position_has_one_currency() {
    let (portfolio, mut fill) = (portfolio(), fill(1, &common::btc_id(), dec!(1), dec!(100), dec!(0)));
    portfolio.apply(&fill).unwrap();
    (fill.id, fill.currency) = ("2".into(), "EUR".parse().unwrap());
    let before = portfolio.balances();
    assert!(matches!(portfolio.apply(&fill), Err(PortfolioError::OtherCurrency { .. })));
    assert_eq!(portfolio.balances(), before);
}

#[test]
fn what_nothing_is_held_of_takes_the_currency_of_its_next_fill_and_what_was_gained_stays_in_the_other() {
    let (portfolio, btc) = (portfolio().with_rates(Arc::new(SixHundred)), common::btc_id());
    let trade = |number, quantity, price, currency: &str| {
        let mut fill = fill(number, &btc, quantity, price, dec!(0));
        fill.currency = currency.parse().unwrap();
        portfolio.apply(&fill).unwrap();
        let view = portfolio.positions().remove(0);
        (view.currency.to_string(), view.realised, portfolio.pnl().unwrap().realised, portfolio.equity().unwrap())
    };
    trade(1, dec!(1), dec!(100), "USDT");
    assert_eq!(trade(2, dec!(-1), dec!(110), "USDT"), ("USDT".to_owned(), dec!(10), dec!(10), dec!(10010)));
    assert_eq!(trade(3, dec!(1), dec!(100), "EUR"), ("EUR".to_owned(), dec!(0), dec!(10), dec!(10010)));
    assert_eq!(trade(4, dec!(-1), dec!(120), "EUR"), ("EUR".to_owned(), dec!(20), dec!(12010), dec!(22010)));
}

#[test]
fn funding_goes_from_long_to_short_at_the_mark() {
    for (quantity, received) in [(dec!(2), dec!(-0.022)), (dec!(-2), dec!(0.022))] {
        let portfolio = portfolio();
        portfolio.apply(&fill(1, &common::btc_id(), quantity, dec!(100), dec!(0))).unwrap();
        let settlement = FundingSettlement {
            instrument: common::btc_id(),
            due: Timestamp::from_nanos(8),
            settled: Timestamp::from_nanos(9),
            held: quantity,
            currency: Currency::usdt(),
            payment: Some(FundingPayment::of(quantity, "110".parse().unwrap(), dec!(0.0001)).unwrap()),
        };
        let cash = portfolio.balances()[&Currency::usdt()];
        // Twice is once.
        assert_eq!((portfolio.fund(&settlement), portfolio.fund(&settlement)), (Ok(true), Ok(false)));
        assert_eq!(portfolio.pnl().unwrap().funding, received);
        assert_eq!(portfolio.balances()[&Currency::usdt()], cash + received);
        let unknown = FundingSettlement { due: Timestamp::from_nanos(10), payment: None, ..settlement };
        assert_eq!(portfolio.fund(&unknown), Ok(true));
        assert_eq!((portfolio.pnl().unwrap().funding, portfolio.unknown_funding()), (received, 1));
    }
}

#[test]
fn a_position_is_one_outcome_however_many_fills_have_opened_and_closed_it() {
    let portfolio = portfolio();
    let outcomes = || portfolio.outcomes(&Currency::usdt());
    let btc = common::btc_id();
    for number in 0..10 {
        portfolio.apply(&fill(number, &btc, dec!(1), dec!(100), dec!(0))).unwrap();
    }
    for number in 10..19 {
        portfolio.apply(&fill(number, &btc, dec!(-1), dec!(101), dec!(0))).unwrap();
        assert_eq!(outcomes(), Outcomes::default(), "it is still held");
    }
    // The last one is sold at a loss with what turns the position.
    portfolio.apply(&fill(19, &btc, dec!(-3), dec!(95), dec!(0))).unwrap();
    assert_eq!(outcomes(), Outcomes { won: 1, gained: dec!(4), ..Outcomes::default() });
    assert_eq!((portfolio.round_trips().len(), portfolio.won()), (10, 9), "as round trips are counted");
    portfolio.apply(&fill(20, &btc, dec!(2), dec!(96), dec!(0))).unwrap();
    assert_eq!(outcomes(), Outcomes { won: 1, gained: dec!(4), lost: 1, given_up: dec!(2) });
}

#[test]
fn the_curve_has_one_point_per_time() {
    let portfolio = portfolio();
    portfolio.record(Timestamp::from_nanos(1)).unwrap();
    portfolio.apply(&fill(1, &common::btc_id(), dec!(1), dec!(100), dec!(1))).unwrap();
    portfolio.record(Timestamp::from_nanos(1)).unwrap();
    portfolio.record(Timestamp::from_nanos(2)).unwrap();
    let curve: Vec<_> = portfolio.equity_curve().iter().map(|point| (point.time.as_nanos(), point.equity)).collect();
    assert_eq!(curve, [(1, dec!(9999)), (2, dec!(9999))]);
}

#[cfg(feature = "store")]
#[test]
fn a_curve_that_is_kept_has_one_point_per_time_again() {
    use trading_services::config::{ConfigManager, Settings};
    use trading_services::ports::{EquityPoint, IStateManager, StateFact};
    use trading_services::store::DurableState;

    let folder = tempfile::tempdir().unwrap();
    let kept = Arc::new(DurableState::open(folder.path(), &Default::default()).unwrap());
    let point = |time, equity| EquityPoint { time: Timestamp::from_nanos(time), equity };
    for point in [point(1, dec!(10000)), point(1, dec!(9999)), point(2, dec!(9998))] {
        kept.append(StateFact::Valued(point)).unwrap();
    }
    kept.flush().unwrap();
    let config = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
    let portfolio = Portfolio::new(config, Arc::new(SixHundred), kept).unwrap();
    assert_eq!(portfolio.equity_curve(), [point(1, dec!(9999)), point(2, dec!(9998))]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn equity_is_cash_at_the_start_plus_profit_less_fees(
        trades in proptest::collection::vec((0_usize..3, -500_i64..500, 1_i64..100_000, 0_i64..100), 1..60),
    ) {
        let portfolio = portfolio();
        for (number, (instrument, quantity, price, fee)) in trades.into_iter().enumerate() {
            if quantity == 0 {
                continue;
            }
            let instrument = format!("binance:COIN{instrument}").parse().unwrap();
            let (quantity, price, fee) = (Decimal::new(quantity, 2), Decimal::new(price, 2), Decimal::new(fee, 2));
            portfolio.apply(&fill(number, &instrument, quantity, price, fee)).unwrap();
            let ProfitAndLoss { realised, unrealised, fees, funding } = portfolio.pnl().unwrap();
            let difference = portfolio.equity().unwrap() - (dec!(10000) + realised + unrealised - fees + funding);
            // Averages are rounded at the 28th digit.
            prop_assert!(difference.abs() < dec!(0.000000000001), "{difference}");
        }
    }
}
