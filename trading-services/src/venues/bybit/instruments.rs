//! Instruments of Bybit with their filters.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::option_name::OptionName;
use crate::model::{EventKind, Instrument, InstrumentKind, InstrumentStatus};
use crate::venues::wire::fields::{either, optional, optional_millis};
use crate::venues::wire::{Message, Refused, Symbols, by_name};

/// A row of `GET /v5/market/instruments-info`
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
pub(super) struct RawInstrument<'a> {
    symbol: &'a str,
    status: &'a str,
    base_coin: &'a str,
    quote_coin: &'a str,
    contract_type: Option<&'a str>,
    options_type: Option<&'a str>,
    delivery_time: Option<&'a str>,
    #[serde(borrow)]
    price_filter: PriceFilter<'a>,
    #[serde(borrow)]
    lot_size_filter: LotFilter<'a>,
}

by_name!(RawInstrument<'a>);

#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct PriceFilter<'a> {
    tick_size: Option<&'a str>,
}

by_name!(PriceFilter<'a>);

#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct LotFilter<'a> {
    /// Contracts and options.
    qty_step: Option<&'a str>,
    /// Spot.
    base_precision: Option<&'a str>,
    min_order_qty: Option<&'a str>,
    min_order_amt: Option<&'a str>,
    min_notional_value: Option<&'a str>,
}

by_name!(LotFilter<'a>);

impl RawInstrument<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        let instrument = self.instrument(symbols).map_err(|detail| Refused::unreadable("instruments-info", detail))?;
        Ok(Message::Event(instrument.id.clone(), EventKind::Instrument(Box::new(instrument))))
    }

    fn instrument(self, symbols: &mut Symbols) -> Result<Instrument, String> {
        let mut instrument = Instrument::named(symbols.get(self.symbol)?);
        instrument.kind = match self.contract_type {
            _ if self.options_type.is_some() => InstrumentKind::Option,
            None => InstrumentKind::Spot,
            Some(kind) if kind.ends_with("Perpetual") => InstrumentKind::Perpetual,
            Some(_) => InstrumentKind::Future,
        };
        instrument.is_inverse |= self.contract_type.is_some_and(|kind| kind.starts_with("Inverse"));
        let is_in_coins = instrument.kind != InstrumentKind::Spot && !instrument.is_inverse;
        instrument.contract_size = is_in_coins.then_some(Decimal::ONE);
        let is_trading = self.status == "Trading";
        instrument.status = if is_trading { InstrumentStatus::Trading } else { InstrumentStatus::Halted };
        instrument.base = Some(self.base_coin.to_owned());
        instrument.quote = Some(self.quote_coin.to_owned());
        instrument.expiry = optional_millis("deliveryTime", self.delivery_time)?;
        if instrument.kind == InstrumentKind::Option {
            instrument.strike = OptionName::read(self.symbol).map(|name| name.strike);
        }
        instrument.tick_size = optional("tickSize", self.price_filter.tick_size)?;
        let LotFilter { qty_step, base_precision, min_order_qty, min_order_amt, min_notional_value } =
            self.lot_size_filter;
        instrument.lot_size = either([("qtyStep", qty_step), ("basePrecision", base_precision)])?;
        instrument.min_quantity = optional("minOrderQty", min_order_qty)?;
        let least = [("minNotionalValue", min_notional_value), ("minOrderAmt", min_order_amt)];
        instrument.min_notional = either(least)?;
        Ok(instrument)
    }
}
