// The overview: what came of it, what is held, what is open, and whether anything is wrong.

import { amount, count, exact, money, percent, places, plural, seconds, short, signed, time, tone } from '../format.js';
import { done, isPressed, later } from '../hold.js';
import { badge, h, panel, table, text } from '../ui.js';
import { curve } from './curve.js';

function kpi(title) {
  const value = h('b', {}, '–'), note = h('small', {}, '\u00a0');
  return { element: h('div', { class: 'kpi' }, h('span', {}, title), value, note), value, note };
}

export const sideCell = side => h('span', { class: side === 'buy' || side === 'long' ? 'up' : 'down' }, `${side === 'buy' || side === 'long' ? '▲' : '▼'} ${side}`);

export const POSITIONS = [
  { title: 'Instrument', cell: row => h('a', { href: `#/market/${encodeURIComponent(row.instrument)}` }, short(row.instrument)) },
  { title: 'Side', cell: row => sideCell(Number(row.quantity) < 0 ? 'short' : 'long') },
  { title: 'Quantity', n: true, cell: row => exact(row.quantity) },
  { title: 'Average cost', n: true, cell: row => amount(row.average_price, Math.max(2, places([row.mark]))) },
  { title: 'Last price', n: true, cell: row => exact(row.mark) },
  { title: 'Worth', n: true, cell: row => money(row.value, row.currency) },
  { title: 'Open profit', n: true, cell: row => h('span', { class: tone(row.unrealised) }, `${signed(row.unrealised)} ${row.currency}`) },
];

export function show(main, { on, onLeave }) {
  const tiles = { equity: kpi('Equity'), profit: kpi('Profit after fees'), today: kpi('Profit of the day'), exposure: kpi('Exposure'),
    drawdown: kpi('Below the peak'), trades: kpi('Closed trades') };
  const equity = panel('Equity', 'w8', { right: 'in the currency of the account, over the time of the market' });
  const chart = curve(equity.body, onLeave);
  const warnings = panel('What needs a look', 'w4', { flush: true });
  const positions = panel('Positions', 'w7', { flush: true });
  const markets = panel('Markets', 'w5', { flush: true });
  const fills = panel('Last fills', 'w7', { flush: true, right: h('a', { href: '#/trades' }, 'all trades') });
  const orders = panel('Open orders', 'w5', { flush: true });
  main.append(h('h1', { class: 'visually-hidden' }, 'Overview'), h('div', { class: 'kpis' }, Object.values(tiles).map(tile => tile.element)),
    h('div', { class: 'grid' }, [equity, warnings, positions, markets, fills, orders].map(part => part.element)));

  const held = table('Positions', POSITIONS, { key: row => row.instrument, newest: false, short: true,
    empty: 'Nothing is held. A position appears here as soon as a strategy trades, usually within the first minute.' });
  const prices = table('Markets', [
    { title: 'Instrument', cell: row => h('div', {}, h('a', { href: `#/market/${encodeURIComponent(row.instrument)}` }, short(row.instrument)), h('small', { class: 'under' }, row.venue)) },
    { title: 'Bid', n: true, cell: row => exact(row.bid) }, { title: 'Ask', n: true, cell: row => exact(row.ask) },
    { title: 'Last', n: true, cell: row => (row.last_side === null ? '–' : h('span', { class: row.last_side === 'buy' ? 'up' : 'down' }, `${row.last_side === 'buy' ? '▲' : '▼'} ${exact(row.last)}`)) },
    { title: 'State', cell: row => (!row.synchronised ? badge('! no book', 'mild') : row.fresh ? badge('✓ fresh', 'good') : badge('! silent', 'bad')) },
  ], { key: row => row.instrument, newest: false, short: true, empty: 'No message of a venue has come yet. Prices appear with the first one.' });
  // A time alone is of this day; there is no room for a date where it says nothing.
  let today = '', traded = [];
  const last = table('Last fills', [
    { title: 'Time (UTC)', cell: row => (row.time.startsWith(today) ? time(row.time) : `${row.time.slice(5, 10)} ${row.time.slice(11, 16)}`) }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Side', cell: row => sideCell(row.side) }, { title: 'Quantity', n: true, cell: row => exact(row.quantity) },
    { title: 'Price', n: true, cell: row => exact(row.price) }, { title: 'Worth', n: true, cell: row => money(row.value, row.currency) },
    { title: 'Fee', n: true, cell: row => money(row.fee, row.fee_currency, 4) },
  ], { short: true, also: () => today, empty: 'Nothing was traded yet. Each fill appears here when it happens.' });
  const waiting = table('Open orders', [
    { title: 'Order', cell: row => row.id }, { title: 'Side', cell: row => sideCell(row.side) }, { title: 'Kind', cell: row => row.kind },
    { title: 'Filled', n: true, cell: row => `${exact(row.filled)} of ${exact(row.quantity)}` }, { title: 'State', cell: row => row.status },
  ], { short: true, empty: 'No order waits. Market orders are filled by the next message; limit orders wait here.' });
  positions.body.append(held.element); markets.body.append(prices.element); fills.body.append(last.element); orders.body.append(waiting.element);
  const list = h('ul', { class: 'warnings' }), calm = h('p', { class: 'empty' }, 'Nothing: every service is healthy, every book is whole, and no alert is open.');
  warnings.body.append(list, calm);
  let data = null;

  function look() {
    if (!data) return;
    found = [];
    if (data.risk.killed) found.push(['bad', 'ended', `Trading has ended: ${data.risk.killed}`, '#/risk']);
    for (const words of data.risk.troubles) found.push(['bad', 'failed', words, '#/risk']);
    for (const words of data.health.troubled) found.push(['bad', 'service', words, '#/services']);
    for (const row of data.markets) {
      if (!row.synchronised) found.push(['mild', 'book', `${row.instrument} has no whole book`, '#/market']);
      else if (!row.fresh) found.push(['mild', 'silent', `${row.instrument} is silent`, '#/market']);
    }
    if (!data.performance) found.push(['mild', 'account', 'The value of the account is not known: a currency has no rate', '#/overview']);
    if (data.alerts.undelivered > 0) found.push(['mild', 'alerts', `${plural(data.alerts.undelivered, 'alert')} could not be delivered`, '#/alerts']);
    const { rejected, gaps, healed, crossed_books: crossed } = data.messages;
    if (gaps > healed) found.push(['mild', 'gaps', `${plural(gaps - healed, 'gap')} in the books not healed yet`, '#/market']);
    if (rejected > 0) found.push(['info', 'data', `${plural(rejected, 'message')} counted and not taken`, '/metrics']);
    if (crossed > 0) found.push(['info', 'data', `${plural(crossed, 'crossed book')} fetched again`, '/metrics']);
    // Of one kind about one instrument the last one speaks for all.
    const kinds = new Map();
    for (const alert of data.alerts.latest) {
      const kind = `${alert.rule} ${alert.level} ${alert.instrument ?? alert.service ?? ''}`;
      if (kinds.has(kind)) kinds.get(kind).count += 1; else kinds.set(kind, { alert, count: 1 });
    }
    const last = [...kinds.values()].slice(0, 4), rest = data.alerts.open - last.reduce((sum, kind) => sum + kind.count, 0);
    for (const { alert, count: times } of last) {
      found.push([alert.level === 'warning' ? 'mild' : 'bad', alert.level, times > 1 ? `${alert.message} (and ${plural(times - 1, 'alert')} like it)` : alert.message, '#/alerts']);
    }
    if (rest > 0) found.push(['info', 'alerts', `and ${plural(rest, 'other open alert')}`, '#/alerts']);
    draw();
  }

  // A link that says the same stays, and keeps the focus and a click that is under way.
  let found = [], drawn = '';
  function draw() {
    done(draw);
    if (isPressed()) { later(draw); return; }
    const words = JSON.stringify(found);
    if (words === drawn) return;
    drawn = words;
    const focused = list.contains(document.activeElement) ? document.activeElement.textContent : null;
    list.replaceChildren(...found.map(([kind, word, says, href]) => h('li', {}, badge(word, kind), h('a', { href }, says))));
    if (focused !== null) [...list.querySelectorAll('a')].find(link => link.textContent === focused)?.focus();
    calm.hidden = found.length > 0;
  }

  on('overview', overview => {
    data = overview;
    if (!overview.time.startsWith(today) || today === '') { today = overview.time.slice(0, 10); last.set(traded); }
    const { performance, risk, currency } = overview;
    if (performance) {
      text(tiles.equity.value, amount(performance.equity)); text(tiles.equity.note, currency);
      text(tiles.profit.value, signed(performance.profit)); tiles.profit.value.className = tone(performance.profit);
      text(tiles.profit.note, `${signed(performance.realised)} closed, ${signed(performance.unrealised)} open, −${amount(performance.fees)} fees${Number(performance.funding) === 0 ? '' : `, ${signed(performance.funding)} funding`}`);
      text(tiles.trades.value, count(performance.round_trips));
      text(tiles.trades.note, performance.round_trips ? `${count(performance.won)} gained (${percent(performance.won / performance.round_trips * 100, 0)})` : `${plural(performance.fills, 'fill')} so far`);
    } else {
      for (const tile of [tiles.equity, tiles.profit, tiles.trades]) { text(tile.value, 'not known'); text(tile.note, 'a currency has no rate'); tile.value.className = ''; }
    }
    const known = (words, otherwise = 'not known') => (risk.known ? words : otherwise);
    const noRate = 'a currency has no rate';
    text(tiles.today.value, known(signed(risk.day_profit))); tiles.today.value.className = risk.known ? tone(risk.day_profit) : '';
    text(tiles.today.note, known('since 00:00 UTC of the market', noRate));
    text(tiles.exposure.value, known(amount(risk.exposure)));
    text(tiles.exposure.note, known(`${amount(risk.leverage)} × the equity, ${plural(overview.positions.length, 'position')}, ${plural(overview.open_orders.length, 'open order')}`, noRate));
    text(tiles.drawdown.value, known(percent(risk.drawdown_percent))); text(tiles.drawdown.note, known('of the equity', noRate));
    held.set(overview.positions); prices.set(overview.markets); waiting.set(overview.open_orders);
    look();
  });
  on('fills', rows => { traded = rows.slice(-30); last.set(traded); });
  on('equity', rows => chart(rows.map(row => [seconds(row.time), Number(row.equity)])), { key: row => row.time, thins: true });
}
