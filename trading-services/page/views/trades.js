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
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Trades'), h('p', {}, 'The number of a message leads from an order to what it follows from: ', h('code', {}, 'trace'), '.')),
    h('div', { class: 'grid' }, closed.element, orders.element, fills.element));
  const trips = table('Closed trades', [
    { title: 'Closed', cell: row => moment(row.exit_time) }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Opened as', cell: row => sideCell(row.side) }, { title: 'Quantity', n: true, cell: row => exact(row.quantity) },
    { title: 'Entry', n: true, cell: row => exact(row.entry_price) }, { title: 'Exit', n: true, cell: row => exact(row.exit_price) },
    { title: 'Fees', n: true, cell: row => money(row.fees, row.currency, 4) },
    { title: 'Profit after fees', n: true, cell: row => h('span', { class: tone(row.profit) }, `${signed(row.profit)} ${row.currency}`) },
  ], { key: row => row.number,
    empty: 'No trade is closed yet. A position that is closed, or a part of it, appears here with what it gained after fees.' });
  const wanted = table('Orders', [
    { title: 'Changed', cell: row => moment(row.changed) }, { title: 'Order', cell: row => row.id }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Side', cell: row => sideCell(row.side) }, { title: 'Kind', cell: row => row.kind },
    { title: 'Filled', n: true, cell: row => `${exact(row.filled)} of ${exact(row.quantity)}` },
    { title: 'State', cell: row => badge(row.status, STATES[row.status] ?? 'info') },
    { title: 'Why', wrap: true, cell: row => row.why }, { title: 'Message', n: true, cell: row => row.correlation },
  ], { empty: 'No order was submitted yet. Orders appear here with every state that they go through.' });
  const done = table('Fills', [
    { title: 'Time', cell: row => moment(row.time) }, { title: 'Order', cell: row => row.order }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Side', cell: row => sideCell(row.side) }, { title: 'Quantity', n: true, cell: row => exact(row.quantity) },
    { title: 'Price', n: true, cell: row => exact(row.price) }, { title: 'Worth', n: true, cell: row => money(row.value, row.currency) },
    { title: 'Fee', n: true, cell: row => money(row.fee, row.fee_currency, 4) }, { title: 'Role', cell: row => row.liquidity },
  ], { empty: 'Nothing was traded yet. Each execution appears here with its price and its fee.' });
  const paged = list => (limit, offset) => `/${list}?limit=${limit}&offset=${offset}`;
  const pastOrders = older(paged('orders'), () => explain()), pastFills = older(paged('fills'), () => done.set(pastFills.join(filled)));
  orders.body.append(wanted.element, pastOrders.element); fills.body.append(done.element, pastFills.element);
  let reach = PAGE, filled = [];
  const further = h('p', { class: 'more', hidden: true }, h('button', { type: 'button', class: 'small', onclick: () => { reach += PAGE; refresh(); } }, 'Show older ones'));
  closed.body.append(trips.element, further);
  /** The last closed trades, as far back as somebody wants to see: a page after the other. */
  async function refresh() {
    try {
      const all = new Map();
      let next = 0;
      while (next !== null && all.size < reach) {
        const page = await read(paged('round-trips')(PAGE, next));
        // Each has the number that it was closed with.
        for (const [index, row] of page.items.entries()) all.set(page.total - next - index, { ...row, number: page.total - next - index });
        next = page.next;
      }
      trips.set([...all.values()].sort((a, b) => a.number - b.number));
      further.hidden = next === null;
    } catch { /* It is tried again. */ }
  }
  refresh();
  let seen = 0;
  on('fills', rows => { filled = rows; done.set(pastFills.join(rows)); if (rows.length !== seen) { seen = rows.length; refresh(); } });
  // An order has the number of the message that its signal has: so it is known why it was wanted.
  let ordered = [], reasons = new Map();
  const explain = () => wanted.set(pastOrders.join(ordered).map(row => ({ ...row, why: [row.reason, reasons.get(`${row.instrument} ${row.correlation}`)].filter(Boolean).join('; ') })));
  on('orders', rows => { ordered = rows; explain(); });
  on('signals', rows => {
    reasons = new Map(rows.map(row => [`${row.instrument} ${row.correlation}`, row.reasons.map(reason => `${reason.strategy}: ${reason.text}`).join('; ')]));
    explain();
  });
  every(5000, refresh);
}
