// Services: the graph of the container, live, and starting and stopping one of them.

import { act, read } from '../api.js';
import { plural } from '../format.js';
import { ask, badge, h, panel, say, table, tell, text } from '../ui.js';

const LOOK = { healthy: ['✓ healthy', 'good'], degraded: ['! degraded', 'mild'], unhealthy: ['✕ unhealthy', 'bad'], starting: ['… starting', 'info'], stopping: ['… stopping', 'info'], stopped: ['■ stopped', ''] };

export function show(main, { every }) {
  const graph = panel('How they are wired', '', { flush: true, right: 'choose one to see what it needs' }), list = panel('Services in start order', '', { flush: true });
  const summary = h('p', {}, '');
  const frame = h('iframe', { src: '/graph', title: 'The graph of the container, coloured by health' });
  graph.body.append(frame);
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Services'), summary), h('div', { class: 'grid' }, list.element, graph.element));
  const found = table('Services', [
    { title: 'Service', cell: row => row.name }, { title: 'State', cell: row => badge(...LOOK[row.status]) },
    { title: 'Start', n: true, cell: row => (row.start_ms === null ? '' : `${row.start_ms} ms`) },
    { title: 'Waits for', cell: row => row.waits_for.join(', ') },
    { title: 'What it says', wrap: true, cell: row => [...row.errors, ...row.suggested_actions, ...Object.entries(row.metadata).map(([name, value]) => `${name} ${value}`)].join('; ') },
    { title: 'Needs', n: true, cell: row => row.needs.length }, { title: 'Needed by', n: true, cell: row => row.needed_by.length },
    { title: 'Action', cell: row => (!row.has_hooks ? '' : row.status === 'stopped'
      ? h('button', { type: 'button', class: 'small', 'aria-label': `Start ${row.name}`, onclick: () => turn(row, 'start') }, 'Start')
      : h('button', { type: 'button', class: 'small', 'aria-label': `Stop ${row.name}`, onclick: () => turn(row, 'stop') }, 'Stop')) },
  ], { key: row => row.name, newest: false, empty: 'The services appear here in the order in which they start.' });
  list.body.append(found.element);
  let rows = [];

  function draw(answer) {
    rows = answer;
    found.set(rows);
    const healthy = rows.filter(row => row.status === 'healthy').length;
    const troubled = rows.filter(row => row.status !== 'healthy').slice(0, 3)
      .map(row => `${row.name} is ${row.status}${row.errors.length ? `: ${row.errors[0]}` : ''}`);
    text(summary, `${healthy} of ${plural(rows.length, 'service')} are healthy. ${troubled.join('; ')}`);
    paint();
  }
  function paint() {
    const states = Object.fromEntries(rows.filter(row => row.path).map(row => [row.path, { health: row.status,
      note: [row.waits_for.length ? `waits for ${row.waits_for.join(', ')}` : row.start_ms === null ? '' : `started in ${row.start_ms} ms`, ...row.errors].filter(Boolean).join('; ') }]));
    frame.contentWindow?.diReport?.paint(states);
    for (const row of rows) if (row.path) label(row);
  }
  /** Writes above the box of a service how long it took to start, or what it waits for. */
  function label({ path, waits_for: waits, start_ms: took }) {
    const node = frame.contentDocument?.querySelector(`.node[data-path="${CSS.escape(path)}"]`), shape = node?.querySelector('.shape');
    if (!shape) return;
    let mark = node.querySelector('[data-start]');
    if (!mark) {
      mark = frame.contentDocument.createElementNS('http://www.w3.org/2000/svg', 'text');
      const box = shape.getBBox();
      for (const [name, value] of Object.entries({ x: box.x + box.width, y: box.y - 3, 'text-anchor': 'end', 'font-size': 10, 'font-weight': 400, fill: 'currentColor', 'data-start': '' })) mark.setAttribute(name, value);
      node.append(mark);
    }
    text(mark, waits.length ? `waits for ${waits.join(', ')}` : took === null ? '' : `${took} ms`);
  }
  frame.addEventListener('load', paint);

  async function turn(row, verb) {
    if (verb === 'stop') {
      const along = new Set([row.name]);
      for (const name of along) for (const next of rows.find(one => one.name === name)?.needed_by ?? []) along.add(next);
      const isFeed = along.has('LiveFeed') ? ' This page shows nothing new meanwhile.' : '';
      const words = row.needed_by.length ? `What needs it is stopped first: ${row.needed_by.join(', ')}, and what needs those. It comes back when this one is started.${isFeed}` : 'Nothing needs it.';
      if (await ask({ title: `Stop ${row.name}?`, words, action: 'Stop it', danger: true }) === null) return;
    }
    try {
      draw(await act('POST', `/services/${encodeURIComponent(row.name)}/${verb}`));
      say(`${row.name}: ${verb} is done.`);
    } catch (error) {
      tell(`${row.name}: ${verb} did not succeed`, error.message);
    }
  }
  const refresh = () => read('/services').then(draw).catch(() => {});
  refresh();
  every(1000, refresh);
}
