// Strategies: what they look at, what they wanted, and whether they count.

import { act } from '../api.js';
import { count, exact, moment, percent, plural, short, signed } from '../format.js';
import { choices, h, panel, say, table, tell, text } from '../ui.js';
import { sideCell } from './overview.js';

const WORDS = { on: ['✓ on', 'good', 'Its opinions count.'], off: ['– off', '', 'It is not asked.'], shadow: ['◐ shadow', 'info', 'It is asked and judged, and nothing is traded on it.'] };

export function show(main, { on }) {
  const cards = h('div', { class: 'cards' }), known = new Map(), summary = h('p', {}, '');
  const empty = h('p', { class: 'empty' }, 'The strategies appear here, each with its parameters and a switch.');
  const last = panel('Last signals', '', { flush: true, right: 'what the strategies agreed on, and why' });
  const given = table('Last signals', [
    { title: 'Time', cell: row => moment(row.time) }, { title: 'Instrument', cell: row => short(row.instrument) },
    { title: 'Candle', cell: row => row.timeframe }, { title: 'Direction', cell: row => sideCell(row.direction) },
    { title: 'Price', n: true, cell: row => exact(row.price) },
    { title: 'Why', wrap: true, cell: row => row.reasons.map(reason => `${reason.strategy}: ${reason.text}`).join('; ') },
    { title: 'Message', n: true, cell: row => row.correlation },
  ], { empty: 'No strategy has wanted anything yet. Each signal appears here with the reasons of those who wanted it.' });
  last.body.append(given.element);
  on('signals', rows => given.set(rows));
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Strategies'), summary), cards, empty, h('div', { class: 'grid' }, last.element));

  function make(row) {
    const state = h('span', { class: 'badge' }), note = h('p', { class: 'muted' }), facts = h('dl');
    const turn = choices(`Mode of ${row.name}`, [['on', 'On'], ['shadow', 'Shadow'], ['off', 'Off']], row.mode, async mode => {
      try {
        await act('PUT', `/strategies/${encodeURIComponent(row.name)}/mode`, { mode, reason: 'on the page' });
        say(`${row.name} is ${mode}.`);
      } catch (error) {
        turn.mark(known.get(row.name).mode);
        tell(`${row.name} could not be switched`, error.message);
      }
    });
    const card = h('section', { class: 'card', 'aria-label': row.name, 'data-strategy': row.name },
      h('header', {}, h('h2', {}, row.name.replaceAll('_', ' ')), state), note, facts, turn.element);
    cards.append(card);
    return { state, note, facts, turn, mode: row.mode };
  }

  on('strategies', rows => {
    empty.hidden = rows.length > 0;
    for (const row of rows) {
      const card = known.get(row.name) ?? make(row);
      known.set(row.name, card);
      card.mode = row.mode;
      const [word, kind, words] = WORDS[row.mode];
      card.state.className = `badge ${kind}`;
      text(card.state, word);
      text(card.note, row.mode === row.configured_mode ? words : `${words} The settings say ${row.configured_mode}, and the next start goes back to them.`);
      card.turn.mark(row.mode);
      const facts = [...row.parameters.map(parameter => [parameter.name, `${exact(parameter.value)} (${exact(parameter.min)} to ${exact(parameter.max)})`]),
        ['weight', exact(row.weight)], ['candles needed', row.required_data.map(need => `${count(need.bars)}${need.timeframe ? ` of ${need.timeframe}` : ''}`).join(', ')], ['wanted', `${plural(row.signals, 'signal')} of the last 300`], ['led to', plural(row.orders, 'order')],
        ['closed', row.closed === 0 ? 'no trade yet' : `${plural(row.closed, 'trade')}, ${percent(row.won / row.closed * 100, 0)} gained`],
        ['profit after fees', row.profit === null ? 'not known: a currency has no rate' : signed(row.profit)],
        ...(row.shadow ? [['in shadow', `${plural(row.shadow.opinions, 'opinion')}, would have closed ${plural(row.shadow.closed, 'position')}, ${count(row.shadow.won)} with a gain`],
          ['would have gained', `${signed(row.shadow.gain_percent)} % closed, ${signed(row.shadow.open_percent)} % open, before fees`]] : [])];
      card.facts.replaceChildren(...facts.flatMap(([name, value]) => [h('dt', {}, name.replaceAll('_', ' ')), h('dd', {}, value)]));
    }
    const active = rows.filter(row => row.mode === 'on').length;
    text(summary, `${active} of ${rows.length} count; a signal needs those with an opinion to agree. A switch holds until the end of the run; what is to stay belongs in the settings: signals.NAME.mode.`);
  }, { key: row => row.name });
}
