// Risk: what is used of each limit, and the kill switch.

import { read } from '../api.js';
import { showKill, stopTrading } from '../app.js';
import { amount, count, money, percent, short } from '../format.js';
import { badge, h, panel, text } from '../ui.js';

/** `written`: how what is used is written, before the limit with its unit. */
function limit(title, unit, written = unit) {
  const meter = h('meter', { min: 0, max: 1, value: 0, 'aria-label': `${title}, share of the limit` });
  const value = h('span', { class: 'val' }, '–');
  return { element: h('div', { class: 'limit' }, h('span', {}, title), meter, value), set(used, most, isKnown = true, unknown = 'not known') {
    const share = !isKnown || Number(most) === 0 ? 0 : Math.min(Number(used) / Number(most), 1);
    [meter.low, meter.high, meter.optimum] = [0.6, 0.9, 0];
    meter.value = share;
    // An empty meter would say that nothing is used.
    meter.style.visibility = isKnown ? '' : 'hidden';
    text(value, isKnown ? `${written(used)} of ${unit(most)} (${Math.round(share * 100)} %)` : `${unknown}, of ${unit(most)}`);
  } };
}

export function show(main, { on, every }) {
  const used = panel('What is used of the limits', 'w8'), stop = panel('Kill switch', 'w4'), fixed = panel('Limits of each order', 'w8'), spread = panel('Exposure by instrument', 'w4');
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Risk'), h('p', {}, 'What only makes a position smaller is always admitted.')),
    h('div', { class: 'grid' }, [used, stop, fixed, spread].map(part => part.element)));
  stop.body.classList.add('stack');
  let limits = null, overview = null, modules = [];
  let fills = [];
  const worth = value => money(value, overview.currency, 0);
  const rows = { loss: limit('Loss of the day', percent), fall: limit('Below the peak', percent), leverage: limit('Leverage', value => `${amount(value)} ×`),
    position: limit('Largest position', worth, value => amount(value, 0)) };
  const unknown = h('p', { class: 'warnings', hidden: true }, badge('not known', 'bad'), ' Something is held in a currency that has no rate: no loss can be measured, and nothing is opened.');
  rows.rate = limit('Orders of the last minute', count);
  rows.order = limit('Largest of the last orders', worth, value => amount(value, 0));
  rows.distance = limit('Distance of the last order', percent);
  const shares = h('div', { class: 'more' });
  used.body.append(unknown, ...Object.values(rows).map(row => row.element), shares);
  /** What each trading module uses of its share. */
  function share({ name, used: worthOf, notional }) {
    const row = limit(`Module ${name}`, worth, value => amount(value, 0));
    row.set(worthOf ?? 0, notional, worthOf !== null);
    return row.element;
  }
  const state = h('p'), troubles = h('ul', { class: 'warnings', id: 'troubles' }), button = h('button', { class: 'danger full', type: 'button', id: 'kill', onclick: stopTrading }, 'Stop trading');
  const effect = h('p', { class: 'muted' });
  stop.body.append(state, troubles, effect, h('p', {}, button));
  const facts = h('dl'), held = h('div');
  fixed.body.append(facts); spread.body.append(held);

  function look() {
    if (!limits || !overview) return;
    const { risk, positions } = overview;
    // Limits are in the currency of the account; what has no rate there has no share of them that is known.
    const size = row => (row.worth === null ? null : Math.abs(Number(row.worth)));
    const sizes = positions.map(row => [row.instrument, size(row)]).sort((a, b) => (b[1] ?? Number.MAX_VALUE) - (a[1] ?? Number.MAX_VALUE));
    const largest = Math.max(0, ...sizes.map(([, size]) => size ?? 0));
    rows.loss.set(risk.daily_loss_percent, limits.daily_loss_percent, risk.known);
    rows.fall.set(risk.drawdown_percent, limits.drawdown_percent, risk.known);
    rows.leverage.set(risk.leverage, limits.leverage, risk.known);
    rows.position.set(largest, limits.position_notional, risk.known);
    rows.rate.set(risk.orders_last_minute, limits.orders_per_minute);
    const ordered = new Map();
    for (const row of fills) if (row.currency === overview?.currency) ordered.set(row.order, (ordered.get(row.order) ?? 0) + Number(row.value));
    rows.order.set(Math.max(0, ...ordered.values()), limits.order_notional);
    rows.distance.set(risk.last_distance_percent ?? 0, limits.price_collar_percent, risk.last_distance_percent !== null, 'no order yet');
    shares.replaceChildren(...modules.map(share));
    unknown.hidden = risk.known;
    state.replaceChildren(risk.killed ? badge('■ trading has ended', 'bad') : badge('✓ trading is admitted', 'good'), h('span', {}, risk.killed ? ` ${risk.killed}` : ''));
    troubles.hidden = risk.troubles.length === 0;
    troubles.replaceChildren(...risk.troubles.map(words => h('li', {}, badge('failed', 'bad'), h('span', {}, words))));
    showKill(button, risk, 'Stop trading');
    text(effect, `Open orders are cancelled, positions are ${limits.flatten ? 'closed' : 'kept (risk.flatten is off)'}, and nothing is opened any more, also after a restart: the command resume lifts it. The loss of a day and the fall from the peak press it by themselves.`);
    const lines = [['worth of one order', worth(limits.order_notional)], ['worth of one position', worth(limits.position_notional)], ['leverage', `${amount(limits.leverage)} ×`],
      ['orders within a minute', count(limits.orders_per_minute)], ['distance of an order from the market', percent(limits.price_collar_percent)],
      ['share of a trading module', `${percent(limits.module_share_percent)} of the equity`]];
    const words = JSON.stringify(lines);
    if (facts.dataset.shown !== words) facts.replaceChildren(...lines.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
    facts.dataset.shown = words;
    held.replaceChildren(...(sizes.length ? sizes.map(([name, size]) => h('div', { class: 'limit slim' }, h('span', {}, short(name)),
      h('meter', { min: 0, max: Number(limits.position_notional), value: size ?? 0, 'aria-label': `Exposure of ${short(name)}` }), h('span', { class: 'val' }, size === null ? 'not known' : money(size, overview.currency))))
      : [h('p', { class: 'muted' }, 'Nothing is held. Positions appear here with their share of what one may be worth.')]));
  }
  const refresh = () => read('/risk').then(answer => {
    ({ limits, modules } = answer);
    look();
  }).catch(() => {});
  refresh();
  every(2000, refresh);
  // Of an order in another currency nobody says here what it was worth.
  on('fills', rows => { fills = rows; look(); });
  on('overview', data => { overview = data; look(); });
}
