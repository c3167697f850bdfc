// One market: candles with signals and fills, the book, the trades.

import { CandlestickSeries, HistogramSeries, createChart, createSeriesMarkers } from '../vendor/lightweight-charts.mjs';
import { live } from '../api.js';
import { aligned, amount, exact, moment, places, seconds, short, time } from '../format.js';
import { prefer, preferred } from '../preferences.js';
import { h, kept, momentCell, panel, table, text } from '../ui.js';
import { sideCell } from './overview.js';

const FRAMES = { '1s': 1, '1m': 60, '5m': 300, '30m': 1800, '4h': 14400, '1d': 86400 };
/** How many candles say how exact the prices of a market are. */
const RECENT = 50;
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function show(main, { rest, on, onLeave }) {
  const select = h('select', { 'aria-label': 'Instrument' });
  const price = h('b', { class: 'num' }, ''), state = h('span', { class: 'muted' }, '');
  const frames = kept('market.timeframe', 'Length of the candles', Object.keys(FRAMES).map(name => [name, name]), '1s', chosen => { frame = chosen; open(instrument); });
  let frame = frames.chosen;
  const candles = panel('Candles', 'w8', { flush: true });
  const book = panel('Order book', 'w4', { flush: true, right: 'price, quantity, and their sum' });
  const signals = panel('Signals', 'w8', { flush: true });
  const tape = panel('Trades of the market', 'w4', { flush: true });
  const chartBox = h('div', { id: 'chart', role: 'img', 'aria-label': 'Candles with signals and fills' });
  candles.body.append(chartBox, h('p', { class: 'legend' }, h('span', { class: 'up' }, '▲ bought'), h('span', { class: 'down' }, '▼ sold'),
    h('span', {}, '● signal'), h('span', {}, 'Bars below: volume. Times are UTC.')));
  candles.right.append(frames.element);
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Market'), select, price, state),
    h('div', { class: 'grid' }, [candles, book, signals, tape].map(part => part.element)));

  let tapePrice = exact, tapeSize = exact;
  const given = table('Signals', [
    { title: 'Time', cell: row => momentCell(row.time) }, { title: 'Direction', cell: row => sideCell(row.direction) },
    { title: 'Price', n: true, cell: row => exact(row.price) },
    { title: 'Why', wrap: true, cell: row => row.reasons.map(reason => `${reason.strategy}: ${reason.text}`).join('; ') + (row.doubtful ? ' (rests on doubtful trades)' : '') },
    { title: 'Message', n: true, cell: row => row.correlation },
  ], { short: true, empty: 'No strategy has wanted anything here yet. Each signal appears with its reasons.' });
  const traded = table('Trades of the market', [
    { title: 'Time (UTC)', cell: row => time(row.time) }, { title: 'Side', cell: row => sideCell(row.side) },
    { title: 'Price', n: true, cell: row => tapePrice(row.price) }, { title: 'Quantity', n: true, cell: row => tapeSize(row.quantity) },
  ], { short: true, empty: 'Nobody has traded here yet.' });
  signals.body.append(given.element); tape.body.append(traded.element);
  const ladder = h('div', { class: 'book' }), noBook = h('p', { class: 'empty' }, 'The book is not whole yet: without a snapshot there are no prices.');
  book.body.append(ladder, noBook);

  let chart, series, volume, markers, instrument = null, ends = [], since = null;
  const fills = [], calls = [];
  const options = () => ({
    layout: { background: { color: colour('--panel') }, textColor: colour('--muted'), attributionLogo: false, fontFamily: 'system-ui, sans-serif' },
    grid: { vertLines: { color: colour('--line') }, horzLines: { color: colour('--line') } },
    rightPriceScale: { borderColor: colour('--line') },
    timeScale: { borderColor: colour('--line'), timeVisible: true, secondsVisible: frame === '1s', rightOffset: 4 },
  });
  const tones = () => ({ upColor: colour('--up'), downColor: colour('--down'), wickUpColor: colour('--up'), wickDownColor: colour('--down'), borderVisible: false });
  chart = createChart(chartBox, { autoSize: true, ...options() });
  series = chart.addSeries(CandlestickSeries, tones());
  volume = chart.addSeries(HistogramSeries, { priceScaleId: 'volume', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  markers = createSeriesMarkers(series, []);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => { chart.applyOptions(options()); series.applyOptions(tones()); };
  dark.addEventListener('change', repaint);
  onLeave(() => { dark.removeEventListener('change', repaint); leave(); chart.remove(); });

  const leave = () => { for (const end of ends.splice(0)) end(); };
  const bar = row => ({ time: row.time, open: Number(row.open), high: Number(row.high), low: Number(row.low), close: Number(row.close) });
  const bars = row => ({ time: row.time, value: Number(row.volume), color: `${Number(row.close) >= Number(row.open) ? colour('--up') : colour('--down')}55` });

  function mark() {
    const length = FRAMES[frame], at = stamp => stamp - stamp % length;
    const own = row => row.instrument === instrument;
    // The chart would put what is older than its candles at the first of them.
    const isShown = marker => since !== null && marker.time >= since;
    const all = [
      ...fills.filter(own).map(row => ({ time: at(seconds(row.time)), position: row.side === 'buy' ? 'belowBar' : 'aboveBar',
        shape: row.side === 'buy' ? 'arrowUp' : 'arrowDown', color: colour(row.side === 'buy' ? '--up' : '--down'), size: 1.4 })),
      ...calls.filter(own).map(row => ({ time: at(row.bar), position: row.direction === 'long' ? 'belowBar' : 'aboveBar', shape: 'circle', color: colour('--accent'), size: 0.6 })),
    ];
    markers.setMarkers(all.filter(isShown).sort((a, b) => a.time - b.time));
    chartBox.dataset.fills = String(fills.filter(own).length);
  }

  let described = 0;
  /** What the candles say, in words; not more often than somebody could hear it. */
  function describe(rows) {
    if (performance.now() - described < 5_000) return;
    described = performance.now();
    const high = rows.reduce((best, row) => (Number(row.high) > Number(best) ? row.high : best), rows[0].high);
    const low = rows.reduce((best, row) => (Number(row.low) < Number(best) ? row.low : best), rows[0].low);
    chartBox.setAttribute('aria-label', `Candles of ${short(instrument)}, ${rows.length} of ${frame}: from ${exact(rows[0].open)} to ${exact(rows.at(-1).close)}, highest ${exact(high)}, lowest ${exact(low)}; with signals and fills`);
  }

  function open(name) {
    if (!name) return;
    leave();
    instrument = name;
    select.value = name;
    chart.applyOptions(options());
    series.setData([]); volume.setData([]);
    // Nothing of another market stays under this one's name.
    text(price, ''); text(state, ''); traded.set([]); draw({ bids: [], asks: [] });
    chartBox.setAttribute('aria-label', `Candles of ${short(name)}: none yet`);
    [described, since] = [0, null];
    let last = 0, shown = 0, digits = null;
    ends.push(live.subscribe(`candles:${name}:${frame}`, rows => {
      const sorted = rows.filter(row => row.time > 0).sort((a, b) => a.time - b.time);
      if (sorted.length === 0) return;
      since = sorted[0].time;
      // As exact as the market's prices: of many coins, all prices are one with two places.
      const exactly = places(sorted.slice(-RECENT).flatMap(row => [row.open, row.high, row.low, row.close]));
      if (digits === null || exactly > digits) {
        digits = exactly;
        series.applyOptions({ priceFormat: { type: 'price', precision: digits, minMove: 10 ** -digits } });
      }
      // What the venue tells of before cannot be added one by one.
      if (sorted.filter(row => row.time <= last).length !== shown) {
        series.setData(sorted.map(bar)); volume.setData(sorted.map(bars));
      } else if (last === 0) {
        series.setData(sorted.map(bar)); volume.setData(sorted.map(bars));
        chart.timeScale().scrollToRealTime();
      } else {
        for (const row of sorted.filter(row => row.time >= last)) { series.update(bar(row)); volume.update(bars(row)); }
      }
      [last, shown] = [sorted.at(-1).time, sorted.length];
      mark();
      describe(sorted);
    }, { key: row => row.time }));
    ends.push(live.subscribe(`market:${name}`, ({ market, book: depth }) => {
      text(price, exact(market.last));
      price.className = `num ${market.last_side === null ? '' : market.last_side === 'buy' ? 'up' : 'down'}`;
      text(state, `${market.synchronised ? '' : 'no whole book; '}${market.fresh ? 'fresh' : 'silent'}, last message ${moment(market.last_event)}`);
      draw(depth);
    }));
    ends.push(live.subscribe(`trades:${name}`, rows => {
      [tapePrice, tapeSize] = [aligned(rows.map(row => row.price)), aligned(rows.map(row => row.quantity))];
      traded.set(rows);
    }));
    given.set(calls.filter(row => row.instrument === instrument));
    mark();
  }

  function draw(depth) {
    noBook.hidden = depth.bids.length + depth.asks.length > 0;
    ladder.hidden = !noBook.hidden;
    const total = side => side.slice(0, 10).reduce((sum, level) => sum + Number(level.quantity), 0);
    const most = Math.max(total(depth.bids), total(depth.asks), 1e-12);
    const all = [...depth.asks, ...depth.bids], price = aligned(all.map(level => level.price)), size = aligned(all.map(level => level.quantity));
    const digits = places(all.map(level => level.price));
    const sums = new Map();
    for (const side of [depth.bids, depth.asks]) side.reduce((sum, level) => { sums.set(level, sum + Number(level.quantity)); return sums.get(level); }, 0);
    const row = (level, side) => h('div', { class: `row ${side}` }, h('progress', { max: most, value: sums.get(level), 'aria-hidden': 'true' }),
      h('span', { class: side === 'bid' ? 'up' : 'down' }, price(level.price)), h('span', {}, size(level.quantity)), h('span', {}, amount(sums.get(level), places(all.map(one => one.quantity)))));
    const [bid, ask] = [depth.bids[0], depth.asks[0]];
    const spread = bid && ask ? Number(ask.price) - Number(bid.price) : null;
    ladder.replaceChildren(
      ...depth.asks.slice(0, 10).reverse().map(level => row(level, 'ask')),
      h('div', { class: 'mid' }, h('span', {}, bid && ask ? amount((Number(bid.price) + Number(ask.price)) / 2, digits + 1) : '–'),
        h('small', {}, spread === null ? 'one side only' : `spread ${amount(spread, digits)}`)),
      ...depth.bids.slice(0, 10).map(level => row(level, 'bid')));
  }

  select.addEventListener('change', () => {
    // The view stays, and so does the focus: arrow keys go from one instrument to the next.
    history.replaceState(null, '', `#/market/${encodeURIComponent(select.value)}`);
    prefer('market.instrument', select.value);
    open(select.value);
  });
  let names = '';
  on('overview', ({ markets }) => {
    const found = markets.map(row => row.instrument);
    if (found.join() === names) return;
    names = found.join();
    select.replaceChildren(...markets.map(row => h('option', { value: row.instrument }, `${short(row.instrument)} (${row.venue})`)));
    if (instrument === null && found.includes(rest[0])) prefer('market.instrument', rest[0]);
    const wanted = instrument ?? preferred('market.instrument', found, found[0]);
    if (instrument === null) open(wanted); else select.value = instrument;
  });
  on('fills', rows => { fills.splice(0, fills.length, ...rows); mark(); });
  on('signals', rows => { calls.splice(0, calls.length, ...rows); given.set(rows.filter(row => row.instrument === instrument)); mark(); });
}
