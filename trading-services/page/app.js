// The frame of the page: which view is shown, and what is true in all of them.

import { act, live } from './api.js';
import { count, moment, time } from './format.js';
import { load } from './preferences.js';
import { ask, badge, clear, h, say, tell, text } from './ui.js';
import * as alerts from './views/alerts.js';
import * as audit from './views/audit.js';
import * as backtests from './views/backtests.js';
import * as configuration from './views/configuration.js';
import * as logs from './views/logs.js';
import * as market from './views/market.js';
import * as overview from './views/overview.js';
import * as risk from './views/risk.js';
import * as services from './views/services.js';
import * as strategies from './views/strategies.js';
import * as trades from './views/trades.js';

const VIEWS = [['overview', 'Overview', overview], ['market', 'Market', market], ['trades', 'Trades', trades],
  ['strategies', 'Strategies', strategies], ['risk', 'Risk', risk], ['alerts', 'Alerts', alerts], ['services', 'Services', services],
  ['backtests', 'Back-tests', backtests], ['configuration', 'Configuration', configuration], ['logs', 'Logs', logs], ['audit', 'Audit', audit]];

const main = document.getElementById('main');
const links = new Map();
for (const [name, title] of VIEWS) {
  const link = h('a', { href: `#/${name}` }, title);
  links.set(name, link);
  document.getElementById('nav').append(h('li', {}, link));
}

/** A part of the address; one that nobody can have written here names nothing. */
function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

let leave = [];
/** Shows the view of the address; what the one before has subscribed to ends. */
function show(isFirst) {
  const [name, ...rest] = location.hash.replace(/^#\//, '').split('/').map(decoded);
  const [key, title, view] = VIEWS.find(([known]) => known === name) ?? VIEWS[0];
  for (const end of leave.splice(0)) end();
  for (const [known, link] of links) {
    if (known === key) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
  }
  document.title = `${title} · Trading platform`;
  clear(main);
  const context = {
    rest,
    on: (topic, listener, options) => leave.push(live.subscribe(topic, listener, options)),
    every: (milliseconds, work) => { const timer = setInterval(work, milliseconds); leave.push(() => clearInterval(timer)); },
    onLeave: work => leave.push(work),
  };
  view.show(main, context);
  if (!isFirst) { main.focus({ preventScroll: true }); window.scrollTo(0, 0); }
}
window.addEventListener('hashchange', () => show(false));
// Its address is no view's.
document.querySelector('.skip').addEventListener('click', event => { event.preventDefault(); main.focus(); });

const link = document.getElementById('link'), lost = document.getElementById('lost'), ended = document.getElementById('ended');
live.watch(state => {
  link.className = `badge ${state === 'live' ? 'good' : 'bad'}`;
  text(link, state === 'live' ? '● live' : state === 'connecting' ? '○ connecting' : '○ not connected');
  const words = { lost: 'The connection is lost: what is shown is old. It is tried again until the platform answers.',
    silent: 'Nothing has come for some seconds: what is shown is old. The platform hangs, the connection is lost, or the service LiveFeed is stopped.' }[state];
  lost.hidden = words === undefined;
  text(lost, words ?? '');
});

const health = document.getElementById('health'), clock = document.getElementById('clock'), kill = document.getElementById('kill-top');
live.subscribe('overview', data => {
  text(clock, moment(data.time));
  const { status, services: all, healthy } = data.health;
  health.className = `badge ${status === 'healthy' ? 'good' : status === 'unhealthy' ? 'bad' : 'mild'}`;
  text(health, `${status === 'healthy' ? '✓' : '!'} ${healthy} of ${all} healthy`);
  health.setAttribute('title', `${healthy} of ${all} services are healthy`);
  const { killed, troubles } = data.risk;
  ended.hidden = !killed;
  text(ended, killed ? `Trading has ended: ${killed}${troubles.length ? `. Not everything could be cancelled or closed: ${troubles.join('; ')}` : ''}` : '');
  showKill(kill, data.risk, 'Stop trading');
  const anchor = links.get('alerts'), words = data.alerts.open > 0 ? count(data.alerts.open) : '';
  if ((anchor.querySelector('.count')?.dataset.open ?? '') !== words) {
    anchor.querySelector('.count')?.remove();
    if (words) anchor.append(h('span', { class: 'count', 'data-open': words }, words, h('span', { class: 'visually-hidden' }, ' open')));
  }
});
/** A button of the kill switch: what could not be cancelled or closed is tried again by pressing it again. */
export function showKill(button, { killed, troubles }, title) {
  button.disabled = Boolean(killed) && troubles.length === 0;
  text(button, !killed ? title : troubles.length ? 'Cancel and close again' : 'Trading has ended');
}

/** The kill switch, from wherever it is pressed. */
export async function stopTrading() {
  const reason = await ask({
    title: 'Stop all trading?', danger: true, action: 'Stop all trading',
    words: 'Open orders are cancelled, positions are closed if the settings say so, and no strategy opens another one. It holds after a restart, too, until the command resume lifts it.',
    field: { label: 'Why (for the audit log)', placeholder: 'for example: the market looks wrong' },
  });
  if (reason === null) return;
  try {
    const { used } = await act('POST', '/risk/kill', { reason });
    if (used.troubles.length) tell('Trading has ended, but not all could be done', used.troubles.join('\n'));
    else say('Trading has ended.');
  } catch (error) {
    tell('Trading could not be stopped', error.message);
  }
}
kill.addEventListener('click', stopTrading);

await load();
live.connect();
show(true);
