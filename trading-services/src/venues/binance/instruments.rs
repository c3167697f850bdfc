//! Instruments of Binance with their filters.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::{EventKind, Instrument, InstrumentKind, InstrumentStatus, Rejection};
use crate::venues::wire::fields::{either, maybe_millis, optional};
use crate::venues::wire::{Message, Refused, Sink, Symbols, by_name};

/// What the list is called.
const KIND: &str = "exchangeInfo";
/// Contracts that do not end are said to be delivered in 2100.
const NEVER: u64 = 4_133_404_800_000;

/// `GET /api/v3/exchangeInfo`, `GET /fapi/v1/exchangeInfo`
#[derive(Deserialize)]
#[serde(remote = "Self")]
struct RawInfo<'a> {
    #[serde(borrow)]
    symbols: Vec<&'a RawValue>,
}

by_name!(RawInfo<'a>);

#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct RawInstrument<'a> {
    symbol: &'a str,
    /// COIN-M calls it `contractStatus`.
    #[serde(alias = "contractStatus")]
    status: &'a str,
    base_asset: &'a str,
    quote_asset: &'a str,
    contract_type: Option<&'a str>,
    delivery_date: Option<u64>,
    /// COIN-M only.
    contract_size: Option<serde::de::IgnoredAny>,
    #[serde(borrow)]
    filters: Vec<RawFilter<'a>>,
}

by_name!(RawInstrument<'a>);

#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct RawFilter<'a> {
    filter_type: &'a str,
    tick_size: Option<&'a str>,
    step_size: Option<&'a str>,
    min_qty: Option<&'a str>,
    min_notional: Option<&'a str>,
    notional: Option<&'a str>,
}

by_name!(RawFilter<'a>);

/// Hands on what a list of instruments says, row by row: one that is odd does not hide the others. Nothing when it is no list.
pub(super) fn read(text: &str, symbols: &mut Symbols, sink: &mut dyn Sink) -> Option<()> {
    let RawInfo { symbols: rows } = serde_json::from_str(text).ok()?;
    for row in rows {
        let row = row.get();
        let raw = serde_json::from_str::<RawInstrument<'_>>(row)
            .map_err(|error| Refused::json(Some(KIND.to_owned()), "an instrument", row, &error));
        let event = raw.and_then(|raw| raw.event(symbols));
        let is_other = matches!(&event, Err(refused) if refused.why == Rejection::OtherMarket);
        sink.put(event);
        // So are the rest of them.
        if is_other {
            break;
        }
    }
    Some(())
}

impl RawInstrument<'_> {
    fn event(self, symbols: &mut Symbols) -> Result<Message, Refused> {
        if self.contract_size.is_some() {
            // Spot and USD-M trade in coins, and have no such field.
            let detail = "instruments of spot or of USD-M, found those of COIN-M (`contractSize`)".to_owned();
            return Err(Refused { why: Rejection::OtherMarket, kind: Some(KIND.to_owned()), detail });
        }
        let instrument = self.instrument(symbols).map_err(|detail| Refused::unreadable(KIND, detail))?;
        Ok(Message::Event(instrument.id.clone(), EventKind::Instrument(Box::new(instrument))))
    }

    fn instrument(self, symbols: &mut Symbols) -> Result<Instrument, String> {
        let mut instrument = Instrument::named(symbols.get(self.symbol)?);
        instrument.kind = match self.contract_type {
            None => InstrumentKind::Spot,
            Some(kind) if kind.contains("PERPETUAL") => InstrumentKind::Perpetual,
            // A contract that is being settled has lost its type; a dated one has its day behind the name.
            Some("") if !self.symbol.contains('_') => InstrumentKind::Perpetual,
            Some(_) => InstrumentKind::Future,
        };
        // Contracts are counted in coins.
        instrument.contract_size = (instrument.kind != InstrumentKind::Spot).then_some(Decimal::ONE);
        let is_trading = self.status == "TRADING";
        instrument.status = if is_trading { InstrumentStatus::Trading } else { InstrumentStatus::Halted };
        instrument.base = Some(self.base_asset.to_owned());
        instrument.quote = Some(self.quote_asset.to_owned());
        instrument.expiry = maybe_millis("deliveryDate", self.delivery_date.filter(|date| *date != NEVER))?;
        for filter in self.filters {
            match filter.filter_type {
                "PRICE_FILTER" => instrument.tick_size = optional("tickSize", filter.tick_size)?,
                "LOT_SIZE" => {
                    instrument.lot_size = optional("stepSize", filter.step_size)?;
                    instrument.min_quantity = optional("minQty", filter.min_qty)?;
                }
                "MIN_NOTIONAL" | "NOTIONAL" => {
                    let least = [("minNotional", filter.min_notional), ("notional", filter.notional)];
                    instrument.min_notional = either(least)?;
                }
                _ => {}
            }
        }
        Ok(instrument)
    }
}
