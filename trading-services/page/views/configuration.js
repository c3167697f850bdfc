// The configuration: what holds, what held before, how two of them differ, and the way back.

import { act, read } from '../api.js';
import { moment, plural } from '../format.js';
import { ask, badge, h, kept, panel, say, table, tell, text } from '../ui.js';

const HOLDS = { 'at once': 'good', 'for new symbols': 'info', 'after the next start': '' };

export function show(main, { every }) {
  let keys = [], versions = [], marked = [null, null], file = null;
  const held = panel('What holds', '', { flush: true }), past = panel('Versions', 'w7', { flush: true });
  const diff = panel('Difference', 'w5', { flush: true });
  const facts = h('p', {}, ''), trouble = h('p', { class: 'banner', role: 'alert', hidden: true });
  const which = kept('configuration.keys', 'Which keys', [['set', 'not the default'], ['all', 'all']], 'set', chosen => { only = chosen; draw(); });
  let only = which.chosen;
  const search = h('input', { type: 'search', 'aria-label': 'Part of a key', placeholder: 'part of a key', oninput: () => draw() });
  main.append(h('div', { class: 'head' }, h('h1', {}, 'Configuration'), facts), trouble,
    h('div', { class: 'grid' }, held.element, past.element, diff.element));
  held.right.append(h('div', { class: 'tools' }, which.element, search));

  const values = table('What holds', [
    { title: 'Key', cell: row => h('code', {}, row.key) }, { title: 'Value', wrap: true, cell: row => h('code', {}, row.value) },
    { title: 'Default', wrap: true, cell: row => (row.is_set ? h('code', { class: 'muted' }, row.default ?? 'none') : h('span', { class: 'muted' }, 'the same')) },
    { title: 'A change holds', cell: row => badge(row.holds, HOLDS[row.holds]) },
  ], { key: row => row.key, newest: false, empty: 'Every value is the default. What a file, the environment or the command line says appears here.' });
  held.body.append(values.element);
  const list = table('Versions', [
    { title: 'Version', n: true, cell: row => row.version }, { title: 'Accepted', cell: row => moment(row.time) },
    { title: 'Why', wrap: true, cell: row => row.reason },
    { title: 'Compare', cell: row => h('div', { class: 'tools' }, mark(row, 0, 'old'), mark(row, 1, 'new')) },
    { title: 'Action', cell: row => (row.has_file && file && row.version !== versions[0].version
      ? h('button', { type: 'button', class: 'small', 'aria-label': `Go back to version ${row.version}`, onclick: () => back(row) }, 'Go back')
      : h('span', { class: 'muted' }, row.version === versions[0].version ? 'holds' : 'no file')) },
  ], { key: row => row.version, also: row => [...marked.map(version => version === row.version), row.version === versions[0].version, Boolean(file)], newest: false,
    empty: 'No configuration is kept. Each one that is accepted appears here, with when and why.' });
  past.body.append(list.element);
  const changed = table('Difference', [
    { title: 'Key', cell: row => h('code', {}, row.key) },
    { title: 'Before', wrap: true, cell: row => h('code', {}, row.before ?? '–') },
    { title: 'After', wrap: true, cell: row => h('code', {}, row.is_secret ? `${row.after ?? '–'} (another one)` : row.after ?? '–') },
  ], { key: row => row.key, newest: false, empty: 'The two are the same.' });
  const hint = h('p', { class: 'empty' }, 'Choose an old and a new version: the keys in which they differ appear here.');
  diff.body.append(hint, changed.element);
  changed.element.hidden = true;

  function mark(row, place, word) {
    return h('button', { type: 'button', class: 'small', 'aria-pressed': String(marked[place] === row.version),
      'aria-label': `Version ${row.version} as the ${word} one`, onclick: () => { marked[place] = row.version; list.set(versions); compare(); } }, word);
  }

  async function compare() {
    const [old, next] = marked;
    if (old === null || next === null) return;
    try {
      const rows = await read(`/configuration/difference?old=${old}&new=${next}`);
      hint.hidden = true;
      changed.element.hidden = false;
      changed.set(rows);
      text(diff.right, `version ${old} to version ${next}: ${plural(rows.length, 'key')}`);
    } catch (error) { tell('The versions could not be compared', error.message); }
  }

  async function back(row) {
    const words = `The file ${file} is written over with what it was in version ${row.version}, and read again. What holds after the next start only, waits for it. The version that holds now stays in the list.`;
    if (await ask({ title: `Go back to version ${row.version}?`, words, action: 'Go back' }) === null) return;
    try {
      const { changes } = await act('POST', `/configuration/versions/${row.version}/rollback`);
      say(`Version ${row.version} holds again: ${changes}`);
      await tell(`Version ${row.version} holds again`, changes);
      refresh();
    } catch (error) { tell(`Version ${row.version} could not be taken`, error.message); }
  }

  function draw() {
    const words = search.value.toLowerCase();
    const some = keys.filter(row => (only === 'all' || row.is_set) && row.key.includes(words));
    values.set(some);
    text(facts, `${file ? `Read from ${file}, and again when it changes.` : 'Without a file: the defaults, the environment and the command line.'} ${plural(keys.filter(row => row.is_set).length, 'value')} of ${keys.length} differ from the defaults.`);
  }
  async function refresh() {
    try {
      const [current, page] = await Promise.all([read('/configuration'), read('/configuration/versions?limit=100')]);
      ({ keys, file } = current);
      versions = page.items;
      const said = [current.rejected && `The file was not taken, what held before still holds: ${current.rejected}`, current.warning].filter(Boolean).join(' ');
      trouble.hidden = said === '';
      text(trouble, said);
      draw();
      list.set(versions);
    } catch { /* It is tried again. */ }
  }
  refresh();
  every(3000, refresh);
}
