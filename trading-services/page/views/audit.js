// The audit log: what was done through the page and the API.

import { read } from '../api.js';
import { badge, h, momentCell, older, PAGE, panel, table } from '../ui.js';

export function show(main, { every }) {
  const list = panel('What was done', '', { flush: true });
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Audit'), h('p', {}, 'By the clock of this machine. The log on standard error has the same lines.')), h('div', { class: 'grid' }, list.element));
  const found = table('What was done', [
    { title: 'Time', cell: row => momentCell(row.time) }, { title: 'Act', cell: row => row.act }, { title: 'With', wrap: true, cell: row => row.body },
    { title: 'Answer', cell: row => (row.status < 400 ? badge(`✓ ${row.status}`, 'good') : badge(`✕ ${row.status}`, 'bad')) },
  ], { empty: 'Nobody has done anything yet. Switching a strategy, acknowledging an alert, stopping trading: each act appears here.' });
  const past = older((limit, offset) => `/audit?limit=${limit}&offset=${offset}`, () => refresh());
  list.body.append(found.element, past.element);
  const refresh = () => read(`/audit?limit=${PAGE}`).then(page => found.set(past.join(page.items.reverse()))).catch(() => {});
  refresh();
  every(2000, refresh);
}
