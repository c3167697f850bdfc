// Elements, tables, dialogs. Text is always set as text: what a venue or a log says is never markup.

import { done, isAimedAt, isPressed, later } from './hold.js';
import { read } from './api.js';
import { prefer, preferred } from './preferences.js';

/** Makes an element: `h('p', { class: 'muted' }, 'text', child)`. Handlers are `onclick` and the like. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key in element && typeof value !== 'string') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export const clear = element => { element.replaceChildren(); return element; };

/** Sets the text only where it differs, so that nothing flickers and nothing is read out again. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
  return element;
}

/** Date and time with their zone; on a phone, where there is no room, without the date. */
export const momentCell = text => h('time', { datetime: text }, h('span', { class: 'wide' }, `${text.slice(0, 10)} `), `${text.slice(11, 19)} UTC`);

export const badge = (word, kind = '') => h('span', { class: `badge ${kind}` }, word);

/** Does what a button is for; it cannot be pressed again meanwhile, which would be another act. */
export async function once(button, work) {
  button.disabled = true;
  try { await work(); } finally { button.disabled = false; }
}

/** A panel with a heading. */
export function panel(title, width, { right = null, body = null, flush = false, id = null } = {}) {
  const aside = h('div', { class: 'right' }, right);
  const content = h('div', { class: flush ? 'flush' : 'body' }, body);
  const element = h('section', { class: `panel ${width}`, 'aria-label': title, id }, h('header', {}, h('h2', {}, title), aside), content);
  return { element, body: content, right: aside };
}

/** Puts another content into a cell; a button that has the focus hands it on to the one of its name. */
function replace(cell, content) {
  const name = cell.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : null;
  cell.replaceChildren(content);
  if (name) [...cell.querySelectorAll('button')].find(button => button.getAttribute('aria-label') === name)?.focus();
}

/**
 * A table whose rows have keys and are changed in place. Columns: `{ title, n, cell(row) }`; a cell is text or a node. `also`
 * is what the cells of a row show that is not in the row. While the mouse is on a button of the table, new rows wait.
 */
export function table(label, columns, { empty, key = row => row.id, also = () => null, short = false, tall = false, newest = true }) {
  // The roles are said, for on a phone no row is shown as one.
  const head = h('tr', { role: 'row' }, columns.map(({ title, n }) => h('th', { scope: 'col', role: 'columnheader', class: n ? 'n' : null }, title)));
  const body = h('tbody', { role: 'rowgroup' });
  const nothing = h('p', { class: 'empty' }, empty);
  const scroll = h('div', { class: `scroll ${short ? 'short' : tall ? 'tall' : ''}`, tabindex: '0', role: 'group', 'aria-label': `${label}, a table that scrolls` },
    h('table', { role: 'table' }, h('caption', { class: 'visually-hidden' }, label), h('thead', { role: 'rowgroup' }, head), body));
  const element = h('div', {}, scroll, nothing);
  const known = new Map();
  let first = true, latest = [];
  const draw = () => set(latest);
  scroll.addEventListener('pointerout', () => { if (done(draw)) draw(); });

  function set(rows) {
    latest = rows;
    done(draw);
    if (isPressed()) { later(draw); return; }
    if (rows.some(row => !known.has(key(row))) && isAimedAt(body)) {
      later(draw);
      rows = rows.filter(row => known.has(key(row)));
    }
    const wanted = newest ? [...rows].reverse() : rows;
    const keys = new Set(wanted.map(key));
    for (const [old, entry] of known) if (!keys.has(old)) { entry.element.remove(); known.delete(old); }
    let before = null;
    for (const row of wanted) {
      let entry = known.get(key(row));
      if (!entry) {
        const cells = columns.map(({ title, n, wrap }) => h('td', { role: 'cell', 'data-title': title, class: [n ? 'n' : '', wrap ? 'wrap' : ''].join(' ').trim() || null }));
        entry = { element: h('tr', { role: 'row', class: first ? null : 'new', 'data-key': String(key(row)) }, cells), cells, shown: null };
        known.set(key(row), entry);
      }
      const shown = JSON.stringify([row, also(row)]);
      if (entry.shown !== shown) {
        entry.shown = shown;
        columns.forEach(({ cell }, index) => {
          const content = cell(row);
          const old = entry.cells[index];
          if (!(content instanceof Node)) text(old, String(content));
          // A button that says the same stays, and keeps the focus.
          else if (!(old.childNodes.length === 1 && old.firstChild.isEqualNode(content))) replace(old, content);
        });
      }
      const place = before ? before.nextSibling : body.firstChild;
      if (place !== entry.element) body.insertBefore(entry.element, place);
      before = entry.element;
    }
    first = false;
    nothing.hidden = wanted.length > 0;
    scroll.hidden = wanted.length === 0;
  }
  set([]);
  first = true;
  return { element, set };
}

/** How many rows a list has at first, and how many more are read each time. */
export const PAGE = 200;

/**
 * A button that reads older rows than those of a list: `path` makes its address, whose pages begin with the newest. The rows are read
 * page after page without a gap, and from then on the list has as many as after the last press: newer ones push the oldest out.
 */
export function older(path, draw, key = row => row.id) {
  let latest = [], known = null, room = 0, total = 0, oldest = 0, isAtEnd = false, turns = 0;
  const button = h('button', { type: 'button', class: 'small', onclick: more }, 'Show older ones');
  const element = h('p', { class: 'more', hidden: true }, button);
  async function more() {
    button.disabled = true;
    const list = turns, pages = new Map(), before = new Set([...known?.keys() ?? [], ...latest.map(key)]);
    // Nothing is pushed out meanwhile: there would be a gap.
    room = Infinity;
    try {
      // Rows are counted from the first one: newer ones do not change the number of the oldest that was read.
      for (let next = known === null ? 0 : Math.max(0, total - oldest + 1), isNew = false; next !== null && !isNew;) {
        const page = await read(path(PAGE, next));
        // Another list is shown by now.
        if (list !== turns) return;
        [total, oldest] = [page.total, page.total - next - page.items.length + 1];
        for (const row of page.items) pages.set(key(row), row);
        isNew = page.items.some(row => !before.has(key(row)));
        next = page.next;
        isAtEnd = next === null;
      }
      // The older ones come first.
      known = new Map([...[...pages].filter(([name]) => !known?.has(name)).reverse(), ...known ?? []]);
      join(latest);
      draw();
    } catch (error) { tell('Older ones could not be read', error.message); } finally {
      room = known?.size ?? 0;
      button.disabled = false;
    }
  }
  function join(rows) {
    latest = rows;
    if (known !== null) {
      for (const row of rows) known.set(key(row), row);
      for (const name of known.keys()) {
        if (known.size <= room) break;
        known.delete(name);
        [oldest, isAtEnd] = [oldest + 1, false];
      }
    }
    const all = known === null ? rows : [...known.values()];
    element.hidden = isAtEnd || all.length < PAGE;
    return all;
  }
  return {
    element,
    join,
    /** A row that was read has changed. */
    change(row) { if (known?.has(key(row))) { known.set(key(row), row); draw(); } },
    forget() { [known, room, isAtEnd] = [null, 0, false]; turns += 1; },
  };
}

/** A group of buttons of which one is pressed. */
export function choices(label, options, chosen, choose) {
  const buttons = options.map(([value, name]) => h('button', { type: 'button', 'aria-pressed': String(value === chosen),
    onclick: () => { mark(value); choose(value); } }, name));
  const mark = value => buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(options[index][0] === value)));
  const element = h('div', { class: 'choices', role: 'group', 'aria-label': label }, buttons);
  return { element, mark };
}

/** The same, with what was chosen the last time: `name` is that of the preference. Returns it, too. */
export function kept(name, label, options, usual, choose) {
  const chosen = preferred(name, options.map(([value]) => value), usual);
  return { ...choices(label, options, chosen, value => { prefer(name, value); choose(value); }), chosen };
}

/** Says something to those who do not see it. */
export function say(words) {
  document.getElementById('said').textContent = words;
}

let turn = Promise.resolve();
/** Shows a dialog once those before it are closed: none takes the place of another. Returns how it was closed, and its field. */
function dialog(make) {
  const shown = turn.then(() => new Promise(resolve => {
    const element = document.getElementById('dialog'), { form, input = null } = make();
    clear(element).append(form);
    element.returnValue = 'cancel';
    element.onclose = () => resolve({ answer: element.returnValue, entered: input?.value ?? '' });
    // Enter in the field is the action, not the first button.
    input?.addEventListener('keydown', event => {
      if (event.key === 'Enter') { event.preventDefault(); element.close('ok'); }
    });
    element.showModal();
    (input ?? form.querySelector('button')).focus();
  }));
  turn = shown.catch(() => {});
  return shown;
}

/** Asks before something is done. Returns what was entered, or null. */
export async function ask({ title, words, action, field = null, danger = false }) {
  const { answer, entered } = await dialog(() => {
    const input = field ? h('input', { type: 'text', maxlength: '200', id: 'dialog-input', placeholder: field.placeholder ?? null }) : null;
    return { input, form: h('form', { method: 'dialog' },
      h('h2', { id: 'dialog-title' }, title), h('p', {}, words),
      input ? h('label', {}, field.label, input) : null,
      h('div', { class: 'row' }, h('button', { value: 'cancel', type: 'submit', formnovalidate: true }, 'Cancel'),
        h('button', { value: 'ok', type: 'submit', class: danger ? 'danger full' : null }, action))) };
  });
  return answer === 'ok' ? entered : null;
}

/** Tells of something that went wrong. */
export function tell(title, words) {
  say(`${title}: ${words}`);
  return dialog(() => ({ form: h('form', { method: 'dialog' }, h('h2', { id: 'dialog-title' }, title), h('p', {}, words),
    h('div', { class: 'row' }, h('button', { value: 'ok' }, 'Close'))) }));
}
