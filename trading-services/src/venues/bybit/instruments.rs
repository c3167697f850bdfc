//! Instruments of Bybit with their filters.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::option_name::OptionName;
use crate::model::{EventKind, Instrument, InstrumentKind, InstrumentStatus};
use crate::venues::wire::fields::{optional, optional_millis};
use crate::venues::wire::{Message, Refused, Symbols, Text};

/// A row of `GET /v5/market/instruments-info`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawInstrument<'a> {
    #[serde(borrow)]
    symbol: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    base_coin: Text<'a>,
    #[serde(borrow)]
    quote_coin: Text<'a>,
    #[serde(borrow)]
    contract_type: Option<Text<'a>>,
    #[serde(borrow)]
    options_type: Option<Text<'a>>,
    #[serde(borrow)]
    delivery_time: Option<Text<'a>>,
    #[serde(borrow)]
    price_filter: PriceFilter<'a>,
    #[serde(borrow)]
    lot_size_filter: LotFilter<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PriceFilter<'a> {
    #[serde(borrow)]
    tick_size: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LotFilter<'a> {
    /// Contracts and options.
    #[serde(borrow)]
    qty_step: Option<Text<'a>>,
    /// Spot.
    #[serde(borrow)]
    base_precision: Option<Text<'a>>,
    #[serde(borrow)]
    min_order_qty: Option<Text<'a>>,
    #[serde(borrow)]
    min_order_amt: Option<Text<'a>>,
    #[serde(borrow)]
    min_notional_value: Option<Text<'a>>,
}

impl RawInstrument<'_> {
    pub(super) fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        let instrument = self.instrument(symbols).map_err(|detail| Refused::unreadable("instruments-info", detail))?;
        Ok(Message::Event(instrument.id.clone(), EventKind::Instrument(Box::new(instrument))))
    }

    fn instrument(self, symbols: &mut Symbols) -> Result<Instrument, String> {
        let mut instrument = Instrument::named(symbols.get(&self.symbol)?);
        instrument.kind = match self.contract_type.as_deref() {
            _ if self.options_type.is_some() => InstrumentKind::Option,
            None => InstrumentKind::Spot,
            Some(kind) if kind.ends_with("Perpetual") => InstrumentKind::Perpetual,
            Some(_) => InstrumentKind::Future,
        };
        instrument.is_inverse |= self.contract_type.as_deref().is_some_and(|kind| kind.starts_with("Inverse"));
        let is_in_coins = instrument.kind != InstrumentKind::Spot && !instrument.is_inverse;
        instrument.contract_size = is_in_coins.then_some(Decimal::ONE);
        let is_trading = &*self.status == "Trading";
        instrument.status = if is_trading { InstrumentStatus::Trading } else { InstrumentStatus::Halted };
        instrument.base = Some(self.base_coin.to_owned());
        instrument.quote = Some(self.quote_coin.to_owned());
        instrument.expiry = optional_millis("deliveryTime", self.delivery_time.as_deref())?;
        if instrument.kind == InstrumentKind::Option {
            instrument.strike = OptionName::read(&self.symbol).map(|name| name.strike);
        }
        instrument.tick_size = optional("tickSize", self.price_filter.tick_size.as_deref())?;
        let LotFilter { qty_step, base_precision, min_order_qty, min_order_amt, min_notional_value } =
            self.lot_size_filter;
        instrument.lot_size = optional("qtyStep", qty_step.or(base_precision).as_deref())?;
        instrument.min_quantity = optional("minOrderQty", min_order_qty.as_deref())?;
        instrument.min_notional = optional("minNotionalValue", min_notional_value.or(min_order_amt).as_deref())?;
        Ok(instrument)
    }
}
