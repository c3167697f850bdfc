// Back-tests: begin one, see how far it is, give it up, compare two.

import { act, live, read } from '../api.js';
import { amount, count, moment, percent, seconds, short, signed, tone } from '../format.js';
import { badge, h, momentCell, once, panel, say, table, tell, text } from '../ui.js';
import { curve } from './curve.js';

const LOOK = { waiting: ['… waiting', 'info'], running: ['▶ running', 'info'], done: ['✓ done', 'good'], failed: ['✕ failed', 'bad'], cancelled: ['– cancelled', ''], interrupted: ['! interrupted', 'mild'] };
const FRAMES = ['1s', '1m', '5m', '30m', '4h', '1d'];

export function show(main, { on, every, onLeave }) {
  let jobs = [], marked = [null, null], strategies = new Map();
  const order = panel('A new back-test', 'w4'), list = panel('Back-tests', 'w8', { flush: true });
  const both = panel('Compared', 'w6', { flush: true }), curves = panel('Equity', 'w6');
  const reports = panel('Reports', '', { flush: true, right: h('button', { type: 'button', class: 'small', onclick: event => once(event.currentTarget, () => report('account', 'the account')) }, 'Report on the account') });
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Back-tests'), h('p', {}, 'Strategies on another market, beside the platform and without touching it.')),
    h('div', { class: 'grid' }, [order, list, both, curves, reports].map(part => part.element)));

  // What is wanted.
  const kind = h('select', { id: 'bt-market' }, h('option', { value: 'simulated' }, 'simulated'), h('option', { value: 'candles' }, 'kept candles'));
  const seed = h('input', { type: 'number', min: '0', step: '1', value: '42', id: 'bt-seed' });
  const messages = h('input', { type: 'number', min: '1', max: '2000000', step: '1', value: '50000', id: 'bt-messages' });
  const instrument = h('select', { id: 'bt-instrument' });
  const frame = h('select', { id: 'bt-frame' }, FRAMES.map(name => h('option', { value: name }, name)));
  const field = (label, input) => h('label', { class: 'line', for: input.id }, h('span', {}, label), input);
  const simulated = h('div', { class: 'lines' }, field('Seed', seed), field('Messages', messages));
  const candles = h('div', { class: 'lines', hidden: true }, field('Instrument', instrument), field('Length', frame));
  const chosen = h('fieldset', {}, h('legend', {}, 'Strategies that decide'));
  const start = h('button', { type: 'submit', class: 'main', disabled: true }, 'Start');
  order.body.append(h('form', { class: 'lines', onsubmit: event => { event.preventDefault(); once(start, begin).then(look); } }, field('Market', kind), simulated, candles, chosen, h('p', {}, start)));
  // Nothing begins before the page has heard what there is to choose from.
  const look = () => { start.disabled = strategies.size === 0 || (kind.value === 'candles' && instrument.value === ''); };
  kind.addEventListener('change', () => { simulated.hidden = kind.value !== 'simulated'; candles.hidden = !simulated.hidden; look(); });

  on('strategies', rows => {
    for (const row of rows) {
      if (strategies.has(row.name)) continue;
      const box = h('input', { type: 'checkbox', id: `bt-${row.name}`, checked: row.mode === 'on' });
      const inputs = row.parameters.map(({ name, value, min, max }) => {
        const input = h('input', { type: 'number', id: `bt-${row.name}-${name}`, value: String(Number(value)), min: String(Number(min)), max: String(Number(max)), step: 'any' });
        return { name, value: Number(value), input, label: field(name.replaceAll('_', ' '), input) };
      });
      const parameters = h('div', { class: 'lines inner', hidden: !box.checked }, inputs.map(({ label }) => label));
      box.addEventListener('change', () => { parameters.hidden = !box.checked; });
      chosen.append(h('label', { class: 'check', for: box.id }, box, row.name.replaceAll('_', ' ')), parameters);
      strategies.set(row.name, { box, inputs });
    }
    look();
  }, { key: row => row.name });
  on('overview', ({ markets }) => {
    for (const { instrument: name } of markets) {
      if (![...instrument.options].some(option => option.value === name)) instrument.append(h('option', { value: name }, short(name)));
    }
    look();
  });

  async function begin() {
    const wanted = [...strategies].filter(([, { box }]) => box.checked);
    if (wanted.length === 0) { tell('Nothing to test', 'Choose at least one strategy.'); return; }
    const parameters = {};
    for (const [name, { inputs }] of wanted) {
      for (const one of inputs) if (Number(one.input.value) !== one.value) parameters[`signals.${name}.${one.name}`] = one.input.value;
    }
    const market = kind.value === 'simulated' ? { simulated: { seed: Number(seed.value), messages: Number(messages.value) } }
      : { candles: { instrument: instrument.value, timeframe: frame.value } };
    try {
      const job = await act('POST', '/backtests', { strategies: wanted.map(([name]) => name), parameters, market });
      say(`Back-test ${job.id} begins.`);
      await refresh();
    } catch (error) { tell('The back-test could not begin', error.message); }
  }
  async function cancel(row) {
    try {
      await act('POST', `/backtests/${row.id}/cancel`);
      say(`Back-test ${row.id} is given up.`);
      await refresh();
    } catch (error) { tell('The back-test could not be cancelled', error.message); }
  }

  /** Begins a report; a back-test has its own as often as somebody wants one. */
  async function report(about, name) {
    try {
      const job = await act('POST', '/reports', { about });
      say(`Report ${job.id} on ${name} begins.`);
      await refresh();
    } catch (error) { tell('The report could not begin', error.message); }
  }
  async function giveUp(row) {
    try {
      await act('POST', `/reports/${row.id}/cancel`);
      say(`Report ${row.id} is given up.`);
      await refresh();
    } catch (error) { tell('The report could not be cancelled', error.message); }
  }

  // What there is.
  const progress = row => (row.state === 'running' ? h('progress', { max: 100, value: Number(row.progress_percent), 'aria-label': `Back-test ${row.id}, how far it is` }) : badge(...LOOK[row.state]));
  const differs = row => Object.entries(row.parameters).map(([key, value]) => `${key.replace(/^signals\./, '')} ${value}`).join(', ');
  const mark = (row, place, word) => h('button', { type: 'button', class: 'small', 'aria-pressed': String(marked[place] === row.id), 'aria-label': `Back-test ${row.id} as ${word}`,
    onclick: () => { marked[place] = row.id; found.set(jobs); compare(); } }, word);
  const found = table('Back-tests', [
    { title: 'No.', n: true, cell: row => row.id }, { title: 'State', cell: progress },
    { title: 'What', wrap: true, cell: row => h('span', {}, `${row.strategies.join(', ').replaceAll('_', ' ') || 'as configured'} on ${row.market}`, row.error ? h('small', { class: 'down' }, ` ${row.error}`) : h('small', {}, ` ${differs(row)}`)) },
    { title: 'Profit after fees', n: true, cell: row => (row.figures ? h('span', { class: tone(row.figures.profit) }, signed(row.figures.profit)) : '') },
    { title: 'Trades', n: true, cell: row => (row.figures ? count(row.figures.trades) : '') },
    { title: 'Action', cell: row => h('div', { class: 'tools' }, row.state === 'done' ? [mark(row, 0, 'A'), mark(row, 1, 'B'),
      h('button', { type: 'button', class: 'small', 'aria-label': `Report on back-test ${row.id}`, onclick: event => once(event.currentTarget, () => report({ backtest: row.id }, `back-test ${row.id}`)) }, 'Report')]
      : ['waiting', 'running'].includes(row.state) ? h('button', { type: 'button', class: 'small', 'aria-label': `Cancel back-test ${row.id}`, onclick: () => cancel(row) }, 'Cancel') : '') },
  ], { also: row => marked.map(id => id === row.id), newest: false,
    empty: 'No back-test was run yet. Choose strategies and a market, and start one: it appears here with its progress, and two that are done can be compared.' });
  list.body.append(found.element);

  const written = table('Reports', [
    { title: 'No.', n: true, cell: row => row.id }, { title: 'State', cell: row => (row.state === 'running' ? h('progress', { max: 100, value: Number(row.progress_percent), 'aria-label': `Report ${row.id}, how far it is` }) : badge(...LOOK[row.state])) },
    { title: 'About', wrap: true, cell: row => h('span', {}, row.backtest === null ? 'the account' : `back-test ${row.backtest}`, row.error ? h('small', { class: 'down' }, ` ${row.error}`) : '') },
    { title: 'Wanted', cell: row => momentCell(row.created) },
    { title: 'Action', cell: row => h('div', { class: 'tools' }, row.content ? h('a', { href: row.content, target: '_blank', rel: 'noopener', 'aria-label': `Open report ${row.id}` }, 'Open')
      : ['waiting', 'running'].includes(row.state) ? h('button', { type: 'button', class: 'small', 'aria-label': `Cancel report ${row.id}`, onclick: () => giveUp(row) }, 'Cancel') : '') },
  ], { newest: false, empty: 'No report was written in this run yet. One on the account, or on a back-test that is done, appears here as a page to open, print or keep.' });
  reports.body.append(written.element);

  const figures = table('Compared', [
    { title: 'Figure', cell: row => row.title }, { title: 'A', n: true, cell: row => row.cells[0] }, { title: 'B', n: true, cell: row => row.cells[1] },
  ], { key: row => row.title, newest: false, empty: 'Mark a back-test as A and another one as B: their figures stand here side by side.' });
  both.body.append(figures.element);
  const draw = curve(curves.body, onLeave, { label: 'The equity of the compared back-tests', names: ['A', 'B'], empty: 'The curves of A and B are drawn here, one over the other.' });

  curves.body.append(h('p', { class: 'legend' }, h('span', { class: 'key a' }, '── A'), h('span', { class: 'key b' }, '╌╌ B')));

  async function compare() {
    try {
      const two = await Promise.all(marked.map(id => (id === null ? null : read(`/backtests/${id}`))));
      const cell = value => two.map(one => (one?.figures ? value(one) : '–'));
      figures.set([['Back-test', one => `no. ${one.id}`], ['Market', one => one.market], ['Parameters', one => differs(one) || 'as configured'],
        ['Profit after fees', one => `${signed(one.figures.profit)} ${one.figures.currency}`],
        ['Fees', one => amount(one.figures.fees)], ['Deepest fall', one => (one.figures.max_drawdown_percent === null ? '–' : percent(one.figures.max_drawdown_percent))],
        ['Trades closed', one => count(one.figures.trades)],
        ['Won', one => (one.figures.trades ? `${count(one.figures.won)} (${Math.round(100 * one.figures.won / one.figures.trades)} %)` : '–')],
        ['Orders refused', one => count(one.figures.refused)]].map(([title, value]) => ({ title, cells: cell(value) })));
      draw(...two.map(one => (one?.curve ?? []).map(row => [seconds(row.time), Number(row.equity)])));
      text(curves.right, two.filter(Boolean).map(one => `${one.id === marked[0] ? 'A' : 'B'}: ${moment(one.created)}`).join(' · '));
    } catch (error) { tell('The back-tests could not be compared', error.message); }
  }

  let busy = false;
  async function refresh() {
    if (busy) return;
    busy = true;
    try {
      const before = new Map(jobs.map(job => [job.id, job.state]));
      jobs = (await read('/backtests?limit=50')).items;
      // The first that is done is A, the next one B.
      for (const job of [...jobs].reverse()) {
        if (job.state !== 'done' || before.get(job.id) === 'done' || marked.includes(job.id)) continue;
        const place = marked.indexOf(null);
        if (place >= 0) { marked[place] = job.id; compare(); }
      }
      found.set(jobs);
      written.set((await read('/reports?limit=50')).items);
      text(list.right, 'the last ones are kept with the state of the platform');
    } catch { /* It is tried again. */ } finally { busy = false; }
  }
  refresh();
  every(700, () => { if (live.state === 'live') refresh(); });
}
