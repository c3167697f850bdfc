// The last lines of the log, by level and by words.

import { read } from '../api.js';
import { plural } from '../format.js';
import { badge, h, kept, momentCell, older, PAGE, panel, table, text } from '../ui.js';

const LOOK = { trace: ['· trace', ''], debug: ['· debug', ''], info: ['i info', 'info'], warn: ['! warning', 'mild'], error: ['✕ error', 'bad'] };

export function show(main, { every }) {
  let asked = 0;
  const level = kept('logs.level', 'At least of this level', [['info', 'info'], ['warn', 'warning'], ['error', 'error'], ['trace', 'all']], 'info',
    chosen => { least = chosen; past.forget(); refresh(); });
  let least = level.chosen;
  const search = h('input', { type: 'search', 'aria-label': 'Words in the line', placeholder: 'words in the line', oninput: () => { past.forget(); refresh(); } });
  const list = panel('Lines', '', { flush: true });
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Logs'), level.element, search,
    h('p', {}, 'By the clock of this machine. Standard error has the same lines; ', h('code', {}, 'RUST_LOG'), ' decides which.')),
  h('div', { class: 'grid' }, list.element));
  const found = table('Lines', [
    { title: 'Time', cell: row => momentCell(row.time) }, { title: 'Level', cell: row => badge(...LOOK[row.level]) },
    { title: 'Message', wrap: true, cell: row => h('span', { class: 'mono' }, row.message) },
    { title: 'From', cell: row => h('small', {}, row.target.replace(/^trading_services::/, '')) },
  ], { tall: true, empty: 'Nothing of this kind was logged. What the platform tells its operator appears here: connections, reloads, services that fail.' });
  const path = (limit, offset) => {
    const words = search.value.trim();
    return `/logs?limit=${limit}&offset=${offset}&level=${least}${words ? `&words=${encodeURIComponent(words)}` : ''}`;
  };
  const past = older(path, () => refresh());
  list.body.append(found.element, past.element);
  async function refresh() {
    const round = asked += 1;
    try {
      const page = await read(path(PAGE, 0));
      // An answer to an older question is late.
      if (round !== asked) return;
      const all = past.join(page.items.reverse());
      found.set(all);
      text(list.right, page.total > all.length ? `the last ${all.length} of ${plural(page.total, 'line')}` : plural(page.total, 'line'));
    } catch { /* It is tried again. */ }
  }
  refresh();
  every(1000, refresh);
}
