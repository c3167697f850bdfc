// Orders, fills, and what was opened and closed again.

import { read } from '../api.js';
import { exact, money, moment, short, signed, tone } from '../format.js';
import { badge, h, older, PAGE, panel, table } from '../ui.js';
import { sideCell } from './overview.js';

const STATES = { filled: 'good', rejected: 'bad', cancelled: 'mild', expired: 'mild' };

export function show(main, { on, every }) {
  const closed = panel('Closed trades', '', { flush: true, right: 'what was opened first is closed first' });
  const orders = panel('Orders', '', { flush: true });
  const fills = panel('Fills', '', { flush: true });
  const funding = panel('Funding', '', { flush: true, right: 'paid and received for holding perpetuals' });
  const head = h('div', { class: 'head' }, h('h1', {}, 'Trades'), h('p', {}, 'The number of a message leads from an order of this run to what it follows from: ', h('code', {}, 'trace'), '.'));
  main.append(head, h('div', { class: 'grid' }, closed.element, orders.element, fills.element, funding.element));
  const trips = table('Closed trades', [
    { title: 'Closed', cell: row => moment(row.exit_time) }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Opened as', cell: row => sideCell(row.side) }, { title: 'Quantity', n: true, cell: row => exact(row.quantity) },
    { title: 'Entry', n: true, cell: row => exact(row.entry_price) }, { title: 'Exit', n: true, cell: row => exact(row.exit_price) },
    { title: 'Fees', n: true, cell: row => money(row.fees, row.currency, 4) },
    { title: 'Profit after fees', n: true, cell: row => h('span', { class: tone(row.profit) }, `${signed(row.profit)} ${row.currency}`) },
    { title: 'Why it was opened', wrap: true, cell: row => row.why },
  ], { empty: 'No such trade is closed yet. A position that is closed, or a part of it, appears here with what it gained after fees.' });
  const wanted = table('Orders', [
    { title: 'Changed', cell: row => moment(row.changed) }, { title: 'Order', cell: row => row.id }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Side', cell: row => sideCell(row.side) }, { title: 'Kind', cell: row => row.kind },
    { title: 'Filled', n: true, cell: row => `${exact(row.filled)} of ${exact(row.quantity)}` },
    { title: 'State', cell: row => badge(row.status, STATES[row.status] ?? 'info') },
    { title: 'Why', wrap: true, cell: row => row.why }, { title: 'Message', n: true, cell: row => row.correlation },
  ], { empty: 'No such order was submitted yet. Orders appear here with every state that they go through.' });
  const done = table('Fills', [
    { title: 'Time', cell: row => moment(row.time) }, { title: 'Order', cell: row => row.order }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Side', cell: row => sideCell(row.side) }, { title: 'Quantity', n: true, cell: row => exact(row.quantity) },
    { title: 'Price', n: true, cell: row => exact(row.price) }, { title: 'Worth', n: true, cell: row => money(row.value, row.currency) },
    { title: 'Fee', n: true, cell: row => money(row.fee, row.fee_currency, 4) }, { title: 'Role', cell: row => row.liquidity },
    { title: 'Why', wrap: true, cell: row => row.why },
  ], { empty: 'Nothing of this kind was traded yet. Each execution appears here with its price and its fee.' });
  const settled = table('Funding', [
    { title: 'Due', cell: row => moment(row.due) }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Held', n: true, cell: row => exact(row.held) },
    { title: 'Rate', n: true, cell: row => (row.rate === null ? '–' : exact(row.rate)) }, { title: 'Mark', n: true, cell: row => (row.mark === null ? '–' : exact(row.mark)) },
    { title: 'Received', n: true, cell: row => (row.amount === null ? badge('not known', 'mild') : h('span', { class: tone(row.amount) }, `${signed(row.amount)} ${row.currency}`)) },
  ], { empty: 'No funding was settled yet. A perpetual that is held when its venue settles pays or receives it then.' });
  // Why something was traded: what the strategies said, by the number of the signal.
  const reasons = new Map(), lists = [];
  const note = signals => signals.forEach(row => reasons.set(row.id, row.reasons.map(reason => `${reason.strategy}: ${reason.text}`).join('; ')));
  const explained = rows => rows.map(row => ({ ...row, why: [row.reason, reasons.get(row.signal)].filter(Boolean).join('; ') }));
  /** Reads the signals of rows that are older than what the live topic has. */
  async function learn(rows) {
    const unknown = [...new Set(rows.map(row => row.signal).filter(id => Number.isInteger(id) && !reasons.has(id)))];
    if (unknown.length === 0) return;
    // One that is remembered no more is not asked for again.
    for (const id of unknown) reasons.set(id, '');
    try {
      const range = `first=${unknown.reduce((a, b) => Math.min(a, b))}&last=${unknown.reduce((a, b) => Math.max(a, b))}`;
      for (let next = 0; next !== null;) {
        const page = await read(`/signals?limit=500&offset=${next}&${range}`);
        note(page.items);
        next = page.next;
      }
      for (const one of lists) one.draw();
    } catch { for (const id of unknown) reasons.delete(id); }
  }

  // What is filtered is read again as it changes; without a filter, orders and fills are live.
  const choice = (label, options) => h('select', { 'aria-label': label, onchange: () => lists.forEach(one => one.restart()) },
    h('option', { value: '' }, label), options.map(([value, name]) => h('option', { value }, name)));
  const time = label => h('label', { class: 'inline' }, label, h('input', { type: 'datetime-local', onchange: () => lists.forEach(one => one.restart()) }));
  const instrument = choice('All instruments', []), strategy = choice('All strategies', []), side = choice('Both sides', [['buy', 'buy'], ['sell', 'sell']]);
  const state = choice('All states of orders', ['open', 'filled', 'cancelled', 'expired', 'rejected'].map(name => [name, name]));
  const from = time('from (UTC)'), to = time('to (UTC)');
  head.append(h('div', { class: 'filters', role: 'group', 'aria-label': 'Which trades' }, instrument, strategy, side, state, from, to));
  const add = (select, values, name) => values.filter(value => ![...select.options].some(option => option.value === value)).forEach(value => select.append(h('option', { value }, name(value))));
  on('overview', ({ markets }) => add(instrument, markets.map(row => row.instrument), short));
  on('strategies', rows => add(strategy, rows.map(row => row.name), name => name.replaceAll('_', ' ')), { key: row => row.name });
  const filters = (known = null) => [['instrument', instrument.value], ['strategy', strategy.value], ['side', side.value],
    ...[['from', from], ['to', to]].map(([name, label]) => [name, label.querySelector('input').value]).map(([name, value]) => [name, value && `${value.length === 16 ? `${value}:00` : value}Z`])]
    .filter(([name, value]) => value && (known?.includes(name) ?? true)).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('');

  /** The rows of a list; `more` are its own filters, it `isLive` when a topic has its last rows, and `known` are the filters that it has. */
  function list(name, found, place, more, isLive, known = null) {
    const query = () => filters(known) + more(), path = (limit, offset) => `/${name}?limit=${limit}&offset=${offset}${query()}`;
    let topic = [], rows = [], round = 0, isBusy = false, isDue = false;
    const draw = () => { const all = past.join(rows); found.set(explained(all)); learn(all); };
    const past = older(path, draw);
    place.append(found.element, past.element);
    async function refresh() {
      if (isBusy) { isDue = true; return; }
      const asked = round;
      [isBusy, isDue] = [true, false];
      try {
        const page = await read(path(PAGE, 0));
        if (asked === round) { rows = page.items.reverse(); draw(); }
      } catch { /* It is tried again. */ }
      isBusy = false;
      if (isDue) refresh();
    }
    const take = () => { if (isLive && query() === '') { rows = topic; draw(); } else refresh(); };
    if (isLive) on(name, all => { topic = all; take(); });
    lists.push({ draw, refresh: take, restart() { round += 1; rows = []; past.forget(); take(); } });
    return take;
  }
  const closings = list('round-trips', trips, closed.body, () => '', false);
  list('orders', wanted, orders.body, () => (state.value ? `&state=${state.value}` : ''), true);
  list('fills', done, fills.body, () => '', true);
  list('funding', settled, funding.body, () => '', false, ['instrument', 'from', 'to']);
  closings();
  let seen = null;
  on('fills', rows => { const last = rows.at(-1)?.id; if (last !== seen) { seen = last; closings(); } });
  on('signals', rows => { note(rows); for (const one of lists) one.draw(); });
  every(5000, () => lists.forEach(one => one.refresh()));
}
