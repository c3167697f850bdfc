// Alerts: what was raised, filtered, and acknowledged.

import { act, live, read } from '../api.js';
import { plural, short } from '../format.js';
import { PAGE, badge, h, kept, momentCell, older, once, panel, say, table, tell, text } from '../ui.js';

const LEVELS = ['info', 'warning', 'error', 'critical'];
const LOOK = { info: ['i info', 'info'], warning: ['! warning', 'mild'], error: ['✕ error', 'bad'], critical: ['‼ critical', 'bad'] };

/** The channels that have delivered it, and each that could not, with why. */
function told(deliveries) {
  const failed = deliveries.filter(one => one.error !== null), well = deliveries.filter(one => one.error === null);
  if (deliveries.length === 0) return h('span', { class: 'muted' }, 'nobody yet');
  return h('div', { 'data-told': well.map(one => one.channel).join(' ') }, well.length > 0 ? h('span', {}, well.map(one => one.channel).join(', ')) : null,
    failed.map(one => h('div', {}, badge(`✕ ${one.channel}`, 'bad'), ' ', h('small', {}, one.error))));
}

export function show(main, { on, every }) {
  let rows = [];
  const level = kept('alerts.level', 'At least of this level', LEVELS.map(name => [name, name]), 'info', chosen => { least = chosen; draw(); });
  const state = kept('alerts.state', 'Which alerts', [['open', 'open'], ['all', 'all']], 'open', chosen => { only = chosen; draw(); });
  let least = level.chosen, only = state.chosen;
  const search = h('input', { type: 'search', 'aria-label': 'Words in the message', placeholder: 'words in the message', oninput: () => draw() });
  const all = h('button', { type: 'button', class: 'small', onclick: async () => { for (const row of shown()) if (!row.acknowledged && !await acknowledge(row.id)) break; } }, 'Acknowledge what is shown');
  const list = panel('Alerts', '', { flush: true });
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Alerts'), level.element, state.element, search, all), h('div', { class: 'grid' }, list.element));
  const acknowledge = id => act('POST', `/alerts/${id}/acknowledge`).then(row => { past.change(row); know([row]); take(latest); say('Acknowledged.'); return true; }).catch(error => { tell('The alert could not be acknowledged', error.message); return false; });
  async function resend(id) {
    try {
      const said = await act('POST', `/alerts/${id}/resend`);
      const failed = said.filter(one => one.error);
      if (said.length === 0) tell('Nobody to send it to', 'No channel is enabled: the settings of alerts name where they go.');
      else if (failed.length > 0) tell('Not every channel could deliver it', failed.map(one => `${one.channel}: ${one.error}`).join('; '));
      else tell('Sent again', `Delivered by ${said.map(one => one.channel).join(', ')}.`);
    } catch (error) { tell('The alert could not be sent again', error.message); }
  }
  const found = table('Alerts', [
    { title: 'Time', cell: row => momentCell(row.time) }, { title: 'Level', cell: row => badge(...LOOK[row.level]) },
    { title: 'About', cell: row => h('div', {}, row.instrument ? short(row.instrument) : row.service ?? '', h('small', { class: 'under' }, row.rule)) },
    { title: 'Message', wrap: true, cell: row => row.message },
    { title: 'Delivered by', wrap: true, cell: row => told(row.deliveries) },
    { title: 'Again', cell: row => h('button', { type: 'button', class: 'small', 'data-resend': String(row.id), 'aria-label': `Send again: ${row.message}`, onclick: event => once(event.currentTarget, () => resend(row.id)) }, 'Send again') },
    { title: 'Known', cell: row => (row.acknowledged ? badge('✓ acknowledged', 'good')
      : h('button', { type: 'button', class: 'small', 'data-acknowledge': String(row.id), 'aria-label': `Acknowledge: ${row.message}`, onclick: () => acknowledge(row.id) }, 'Acknowledge')) },
  ], { tall: true, empty: 'No alert of this kind. What needs a person appears here: large moves, silent venues, services that fail.' });
  const past = older((limit, offset) => `/alerts?limit=${limit}&offset=${offset}`, () => take(latest));
  list.body.append(found.element, past.element);
  const shown = () => rows.filter(row => LEVELS.indexOf(row.level) >= LEVELS.indexOf(least) && (only === 'all' || !row.acknowledged)
    && row.message.toLowerCase().includes(search.value.toLowerCase()));
  function draw() {
    const some = shown();
    found.set(some.sort((a, b) => a.id - b.id));
    text(list.right, `${some.length} of ${plural(rows.length, 'alert')}`);
    all.disabled = !some.some(row => !row.acknowledged);
  }
  let latest = [];
  // What is open may be older than the rows that come by themselves.
  const open = new Map();
  const know = some => { for (const row of some) if (open.has(row.id)) open.set(row.id, row); };
  function take(data) {
    latest = data;
    know(data);
    const all = new Map([...open, ...past.join(data).map(row => [row.id, row])]);
    rows = [...all.values()];
    draw();
  }
  /** Reads what is open. Of what is older than the rows that come by themselves, nobody tells that somebody else has acknowledged it. */
  async function look() {
    try {
      // As far back as what was open: the newest come first.
      const asked = [...open.values()].filter(row => !row.acknowledged), least = Math.min(...asked.map(row => row.id)), items = [];
      let total = null;
      for (let next = 0; next !== null && (next === 0 || items.at(-1).id > least);) {
        const page = await read(`/alerts?acknowledged=false&limit=${PAGE}&offset=${next}`);
        // The list has changed meanwhile, and a row may be left out: it is looked at again.
        if (total !== null && page.total !== total) return;
        total = page.total;
        items.push(...page.items);
        next = page.next;
      }
      const still = new Set(items.map(row => row.id));
      for (const row of asked.filter(({ id }) => !still.has(id) && !open.get(id).acknowledged)) {
        open.set(row.id, { ...row, acknowledged: true });
        past.change(open.get(row.id));
      }
      for (const row of items) if (!open.get(row.id)?.acknowledged) open.set(row.id, row);
      take(latest);
    } catch { /* The newest ones come all the same, and it is tried again. */ }
  }
  look();
  every(5000, () => { if (live.state === 'live') look(); });
  on('alerts', take);
}
