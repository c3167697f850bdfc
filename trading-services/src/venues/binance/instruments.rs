//! Instruments of Binance with their filters.

use serde::Deserialize;

use crate::model::{EventKind, Instrument, InstrumentKind, InstrumentStatus, Rejection};
use crate::venues::wire::fields::{millis, optional};
use crate::venues::wire::{Message, Refused, Symbols, Text};

/// Contracts that do not end are said to be delivered in 2100.
const NEVER: u64 = 4_133_404_800_000;

/// `GET /api/v3/exchangeInfo`, `GET /fapi/v1/exchangeInfo`
#[derive(Deserialize)]
pub(super) struct RawInfo<'a> {
    #[serde(borrow)]
    symbols: Vec<RawInstrument<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawInstrument<'a> {
    #[serde(borrow)]
    symbol: Text<'a>,
    /// COIN-M calls it `contractStatus`.
    #[serde(borrow, alias = "contractStatus")]
    status: Text<'a>,
    #[serde(borrow)]
    base_asset: Text<'a>,
    #[serde(borrow)]
    quote_asset: Text<'a>,
    #[serde(borrow)]
    contract_type: Option<Text<'a>>,
    delivery_date: Option<u64>,
    /// COIN-M only.
    contract_size: Option<serde::de::IgnoredAny>,
    #[serde(borrow)]
    filters: Vec<RawFilter<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawFilter<'a> {
    #[serde(borrow)]
    filter_type: Text<'a>,
    #[serde(borrow)]
    tick_size: Option<Text<'a>>,
    #[serde(borrow)]
    step_size: Option<Text<'a>>,
    #[serde(borrow)]
    min_qty: Option<Text<'a>>,
    #[serde(borrow)]
    min_notional: Option<Text<'a>>,
    #[serde(borrow)]
    notional: Option<Text<'a>>,
}

impl RawInfo<'_> {
    pub(super) fn events(self, symbols: &mut Symbols) -> Result<Vec<Message>, Refused> {
        if self.symbols.iter().any(|raw| raw.contract_size.is_some()) {
            // Spot and USD-M trade in coins, and have no such field.
            let detail = "instruments of spot or of USD-M, found those of COIN-M (`contractSize`)".to_owned();
            return Err(Refused { why: Rejection::OtherMarket, kind: Some("exchangeInfo".to_owned()), detail });
        }
        let event = |raw: RawInstrument<'_>| {
            let instrument = raw.instrument(symbols)?;
            Ok(Message::Event(instrument.id.clone(), EventKind::Instrument(Box::new(instrument))))
        };
        let events: Result<_, String> = self.symbols.into_iter().map(event).collect();
        events.map_err(|detail| Refused::unreadable("exchangeInfo", detail))
    }
}

impl RawInstrument<'_> {
    fn instrument(self, symbols: &mut Symbols) -> Result<Instrument, String> {
        let mut instrument = Instrument::named(symbols.get(&self.symbol)?);
        instrument.kind = match self.contract_type.as_deref() {
            None => InstrumentKind::Spot,
            Some(kind) if kind.contains("PERPETUAL") => InstrumentKind::Perpetual,
            // A contract that is being settled has lost its type; a dated one has its day behind the name.
            Some("") if !self.symbol.contains('_') => InstrumentKind::Perpetual,
            Some(_) => InstrumentKind::Future,
        };
        let is_trading = &*self.status == "TRADING";
        instrument.status = if is_trading { InstrumentStatus::Trading } else { InstrumentStatus::Halted };
        instrument.base = Some((*self.base_asset).to_owned());
        instrument.quote = Some((*self.quote_asset).to_owned());
        instrument.expiry = self.delivery_date.filter(|date| *date > 0 && *date != NEVER).map(millis).transpose()?;
        for filter in self.filters {
            match &*filter.filter_type {
                "PRICE_FILTER" => instrument.tick_size = optional("tickSize", filter.tick_size.as_deref())?,
                "LOT_SIZE" => {
                    instrument.lot_size = optional("stepSize", filter.step_size.as_deref())?;
                    instrument.min_quantity = optional("minQty", filter.min_qty.as_deref())?;
                }
                "MIN_NOTIONAL" | "NOTIONAL" => {
                    let least = filter.min_notional.or(filter.notional);
                    instrument.min_notional = optional("minNotional", least.as_deref())?;
                }
                _ => {}
            }
        }
        Ok(instrument)
    }
}
