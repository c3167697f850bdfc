// Judges the page of the platform in a browser, as a person uses it: `node page.mjs BINARY [FOLDER FOR SCREENSHOTS]`. It starts the
// platform on the simulator, prints what is wrong, and fails if anything is.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const [binary, shots] = process.argv.slice(2);
const faults = [];
let passed = 0;
// Markup is shown as text, and a long word is broken.
const REASON = `a test <b>presses</b> it ${'x'.repeat(100)}`;
const VIEWS = ['overview', 'market', 'trades', 'strategies', 'risk', 'alerts', 'services', 'backtests', 'configuration', 'logs', 'audit'];

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const config = join(folder, 'trading.toml');
// Alerts come often, so that nobody waits for the next one.
writeFileSync(config, '[exchange]\nattempts = 4\n\n[alerts]\ncool_down = "1s"\ndedupe_window = "1s"\n');

/** Starts the platform; resolves with its address once it prints one. */
function platform(address, ...more) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRADING_')));
  const child = spawn(binary, ['--seed', '42', '--speed', '4x', '--config', config, ...more], { env: { ...environment, TRADING_HTTP__ADDRESS: address } });
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`the platform does not say where its page is: ${said}`)), 60_000);
    child.stdout.on('data', data => {
      said += data;
      const found = said.match(/page: (http:\/\/[^ ]*\/)/);
      if (found) { clearTimeout(timer); resolve({ child, base: found[1] }); said = ''; }
    });
    child.stderr.on('data', data => { said += data; });
    child.on('exit', code => { clearTimeout(timer); reject(new Error(`the platform has ended with ${code}: ${said}`)); });
  });
}
const stopped = (child, signal = 'SIGINT') => new Promise(resolve => { child.once('exit', resolve); child.kill(signal); });

/** A wire between the browser and the platform, which can be cut: at the same port of another address of this machine. */
function wire(port) {
  const lines = new Set();
  let server = null;
  const listen = () => new Promise(resolve => {
    server = createServer(line => {
      const other = connect(port, '127.0.0.1');
      for (const end of [line, other]) {
        lines.add(end);
        end.on('error', () => {});
        end.on('close', () => { lines.delete(end); line.destroy(); other.destroy(); });
      }
      line.pipe(other);
      other.pipe(line);
    }).listen(port, '127.0.0.2', resolve);
  });
  const cut = () => new Promise(resolve => { server.close(resolve); for (const line of lines) line.destroy(); });
  return { listen, cut, base: `http://127.0.0.2:${port}/` };
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

/** Forgets what was chosen on the page. */
async function forget(base) {
  const api = `${base.replace(/#.*/, '')}api/v1`;
  const { token } = await (await fetch(`${api}/session`)).json();
  for (const name of Object.keys(await (await fetch(`${api}/preferences`)).json())) {
    await fetch(`${api}/preferences/${name}`, { method: 'PUT', headers: { 'content-type': 'application/json', 'x-csrf-token': token }, body: '{"value":null}' });
  }
}

/**
 * Opens the page as somebody who has chosen nothing yet, or, `known`, as one who has. `late`: so many milliseconds later than it
 * could the page hears each message of the live topics.
 */
async function open(base, { late = 0, known = false, ...options } = {}) {
  if (!known) await forget(base);
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  if (late > 0) {
    await page.routeWebSocket(/live$/, socket => {
      const platform = socket.connectToServer();
      platform.onMessage(message => setTimeout(() => socket.send(message), late));
    });
  }
  page.faults = [];
  page.on('pageerror', error => page.faults.push(`a script failed: ${error}`));
  page.on('console', message => { if (message.type() === 'error' && !page.isCut) page.faults.push(message.text()); });
  page.on('request', request => {
    if (!/^(https?|wss?):/.test(request.url()) || new URL(request.url()).host === new URL(base).host) return;
    page.faults.push(`it asks for ${request.url()}`);
  });
  page.setDefaultTimeout(30_000);
  await page.goto(base);
  await page.getByText('● live').waitFor();
  return page;
}

async function closed(page) {
  const found = page.faults;
  await page.context().close();
  if (found.length > 0) throw new Error(found.join('; '));
}

async function axe(page, state) {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  // The graph has judges of its own.
  const { violations } = await page.evaluate(() => window.axe.run({ exclude: [['iframe']] }, { resultTypes: ['violations'], iframes: false }));
  for (const { id, help, nodes } of violations) {
    page.faults.push(`${state}: axe says ${id}: ${help}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`);
  }
}

/** What a person would read on the page, for the log of a test that failed. */
async function shown(page) {
  const words = await page.evaluate(() => [...document.querySelectorAll('main, dialog[open]')].map(part => part.innerText).join(' | '));
  return `    the page shows: ${words.replaceAll(/\s+/g, ' ').slice(0, 2_000)}${page.faults.map(fault => `\n    ${fault}`).join('')}`;
}

/** Nothing is wider than the window: what is wide scrolls within its box. */
async function fits(page, state) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) page.faults.push(`${state}: it is ${wide} pixels wider than the window`);
}

const expect = (holds, fault) => { if (!holds) throw new Error(fault); };
const until = async (fault, holds) => {
  for (let round = 0; round < 600; round += 1) {
    if (await holds()) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(fault);
};

const first = await platform('127.0.0.1:0');
let running = first;
const base = first.base;

const TESTS = {
  'prices move, and a fill appears on the chart and in the table': async () => {
    const page = await open(base);
    const price = page.locator('section[aria-label="Markets"] tbody tr').first().locator('td').nth(3);
    await price.waitFor();
    const before = await price.textContent();
    await until('the price does not move', async () => await price.textContent() !== before);
    await page.locator('section[aria-label="Last fills"] tbody tr').first().waitFor();
    expect(await page.locator('.curve canvas').count() > 0, 'there is no curve of the equity');
    await page.getByRole('link', { name: 'Market' }).click();
    await page.locator('#chart canvas').first().waitFor();
    await until('no fill is on the chart', async () => Number(await page.locator('#chart').getAttribute('data-fills')) > 0);
    const depth = await page.locator('.book .row').count();
    expect(depth === 20, `expected 20 levels of the book, found ${depth}`);
    await page.getByRole('button', { name: '1m', exact: true }).click();
    expect(await page.getByRole('button', { name: '1m', exact: true }).getAttribute('aria-pressed') === 'true', 'the length is not chosen');
    await closed(page);
  },
  'on a laptop no table of the overview is cut off': async () => {
    for (const width of [1280, 1366, 1440]) {
      const page = await open(base, { viewport: { width, height: 800 } });
      await page.locator('section[aria-label="Markets"] tbody tr').nth(2).waitFor();
      await page.locator('section[aria-label="Positions"] tbody tr').first().waitFor();
      const cut = await page.locator('main .scroll').evaluateAll(boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.closest('section').getAttribute('aria-label')));
      expect(cut.length === 0, `at ${width} pixels the end is cut off of ${cut.join(', ')}`);
      await closed(page);
    }
  },
  'a strategy is switched off, and the audit log has it': async () => {
    const page = await open(`${base}#/strategies`);
    const card = page.locator('[data-strategy="momentum"]');
    await card.getByRole('button', { name: 'Off' }).click();
    await card.getByText('– off').waitFor();
    const answer = await (await fetch(`${base}api/v1/strategies`)).json();
    expect(answer.find(row => row.name === 'momentum').mode === 'off', 'the platform does not know of it');
    const { items: [change] } = await (await fetch(`${base}api/v1/configuration/changes?key=signals.momentum.mode`)).json();
    expect(change.after === '"off"' && change.reason === 'on the page', 'the history of the key does not have it');
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('PUT /api/v1/strategies/momentum/mode').first().waitFor();
    await closed(page);
  },
  'an alert is acknowledged': async () => {
    const page = await open(`${base}#/alerts`);
    const button = page.locator('[data-acknowledge]').first();
    await button.waitFor();
    // The mouse is on a button, and new alerts come before it is pressed and before it is let go: the button is still under it.
    const raised = async () => (await (await fetch(`${base}api/v1/alerts?limit=1`)).json()).items[0].id;
    // A hand on a mouse is never quite still.
    const more = async place => {
      const last = await raised();
      await until('no alert comes', async () => { await page.mouse.move(place.x + Math.random(), place.y); return await raised() !== last; });
    };
    await page.getByRole('button', { name: 'open', exact: true }).focus();
    await button.hover();
    const id = await page.locator('[data-acknowledge]:hover').getAttribute('data-acknowledge');
    const box = await page.locator(`[data-acknowledge="${id}"]`).boundingBox();
    const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await more(place);
    await page.mouse.down();
    await more(place);
    await page.mouse.up();
    await page.locator(`[data-acknowledge="${id}"]`).waitFor({ state: 'detached' });
    // They are shown once the mouse is elsewhere, and after a while also where it rests on a button.
    const last = await raised();
    await page.mouse.move(5, 5);
    await page.locator(`tr[data-key="${last}"]`).waitFor();
    await page.locator('[data-acknowledge]').first().hover();
    const next = await raised();
    await until('no alert comes', async () => await raised() !== next);
    await page.locator(`tr[data-key="${await raised()}"]`).waitFor();
    await page.getByRole('button', { name: 'all', exact: true }).click();
    await page.locator(`tr[data-key="${id}"]`).getByText('✓ acknowledged').waitFor();
    await closed(page);
  },
  'an old alert that somebody else has acknowledged is not open any more': async () => {
    const page = await open(`${base}#/overview`);
    // It is older than all rows that come by themselves: nobody tells the page of it.
    const old = { ...(await (await fetch(`${base}api/v1/alerts?limit=1`)).json()).items[0], id: 1, message: 'an old one', acknowledged: false };
    let isOpen = true;
    await page.route('**/api/v1/alerts?acknowledged=false*', async route => {
      const response = await route.fetch(), list = await response.json();
      await route.fulfill({ response, json: isOpen && route.request().url().endsWith('&offset=0') ? { ...list, items: [...list.items, old] } : list });
    });
    await page.goto(`${base}#/alerts`);
    const button = page.locator('[data-acknowledge="1"]');
    await button.waitFor();
    isOpen = false;
    await button.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'all', exact: true }).click();
    await page.locator('tr[data-key="1"]').getByText('✓ acknowledged').waitFor();
    await closed(page);
  },
  'an alert is sent again, and the log has both': async () => {
    const page = await open(`${base}#/alerts`);
    await page.getByRole('button', { name: 'all', exact: true }).click();
    await page.locator('[data-resend]').first().click();
    await page.getByRole('dialog').getByText('Delivered by log.').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-told="log"]').first().waitFor();
    await page.getByRole('link', { name: 'Logs' }).click();
    await page.getByLabel('Words in the line').fill('/resend');
    await page.locator('main tbody tr', { hasText: '/resend answered 200' }).first().waitFor();
    await page.getByRole('button', { name: 'error', exact: true }).click();
    await page.getByText('Nothing of this kind was logged.').waitFor();
    await closed(page);
  },
  'a back-test is begun and cancelled, and two that are done are compared': async () => {
    // Whoever is faster than the line finds no button that cannot do what it says.
    const page = await open(`${base}#/backtests`, { late: 500 });
    const messages = page.getByLabel('Messages'), begin = page.getByRole('button', { name: 'Start', exact: true });
    await messages.fill('8000');
    await begin.click();
    await page.getByText('✓ done').waitFor();
    await page.getByLabel('fast').fill('5');
    await begin.click();
    await until('the second one is not done', async () => await page.getByText('✓ done').count() === 2);
    await page.locator('section[aria-label="Compared"] tbody tr', { hasText: 'crossover.fast 5' }).waitFor();
    expect(await page.locator('.curve canvas').count() > 0, 'there is no curve of the two');
    // A row stays where its button is pressed, and so does the focus.
    await page.getByRole('button', { name: 'Back-test 2 as A' }).click();
    await page.locator('tr[data-key="2"] button[aria-pressed="true"]').first().waitFor();
    expect(await page.evaluate(() => document.activeElement.getAttribute('aria-label')) === 'Back-test 2 as A', 'the focus is lost');
    await messages.fill('2000000');
    await begin.click();
    await page.getByRole('progressbar').waitFor();
    await axe(page, 'a back-test that runs');
    await page.getByRole('button', { name: 'Cancel back-test 3' }).click();
    await page.getByText('– cancelled').waitFor();
    await page.getByLabel('fast').fill('0');
    await page.getByLabel('fast').evaluate(input => input.removeAttribute('min'));
    await begin.click();
    await page.getByRole('dialog').getByText('signals.crossover.fast').waitFor();
    page.faults = page.faults.filter(fault => !fault.includes('422'));
    await closed(page);
  },
  'the file changes, the difference is shown, and it goes back': async () => {
    const page = await open(`${base}#/configuration`);
    await page.getByText('exchange.attempts').waitFor();
    writeFileSync(config, '[exchange]\nattempts = 5\n');
    await page.getByRole('button', { name: 'Version 2 as the new one' }).click();
    await page.getByRole('button', { name: 'Version 1 as the old one' }).click();
    await page.locator('section[aria-label="Difference"] tbody tr', { hasText: 'exchange.attempts' }).waitFor();
    await axe(page, 'two versions of the configuration');
    await page.getByRole('button', { name: 'Go back to version 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).click();
    await page.getByRole('dialog').getByText('taken: exchange.attempts').waitFor();
    await page.keyboard.press('Escape');
    expect(readFileSync(config, 'utf8').includes('attempts = 4'), 'the file is not as it was');
    await closed(page);
  },
  'the connection is cut and comes back': async () => {
    const line = wire(Number(new URL(base).port));
    await line.listen();
    const page = await open(line.base);
    const lastFill = async () => (await (await fetch(`${base}api/v1/fills?limit=1`)).json()).items[0]?.id;
    page.isCut = true;
    await line.cut();
    await page.getByText('The connection is lost').waitFor();
    await page.getByText('○ not connected').waitFor();
    const before = await lastFill();
    await until('nothing is traded', async () => await lastFill() !== before);
    const made = await lastFill();
    expect(await page.locator(`section[aria-label="Last fills"] tr[data-key="${made}"]`).count() === 0, 'the wire is not cut');
    await line.listen();
    await page.getByText('● live').waitFor();
    await page.locator(`section[aria-label="Last fills"] tr[data-key="${made}"]`).waitFor();
    page.isCut = false;
    const clock = page.locator('#clock'), then = await clock.textContent();
    await until('nothing comes any more', async () => await clock.textContent() !== then);
    await closed(page);
    await line.cut();
  },
  'a platform that hangs is not shown as live': async () => {
    const page = await open(base);
    running.child.kill('SIGSTOP');
    try {
      await page.getByText('what is shown is old').waitFor();
      await page.getByText('○ not connected').waitFor();
    } finally {
      running.child.kill('SIGCONT');
    }
    await page.getByText('● live').waitFor();
    expect(await page.locator('#lost').isHidden(), 'it still says that what is shown is old');
    await closed(page);
  },
  'a service is stopped and started, and what was stopped along comes back, the feed of this page among it': async () => {
    const page = await open(`${base}#/services`);
    const row = name => page.locator(`section[aria-label="Services in start order"] tr[data-key="${name}"]`);
    await row('AlertManager').getByRole('button', { name: 'Stop AlertManager' }).click();
    await page.getByRole('dialog').getByText('This page shows nothing new meanwhile.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
    for (const name of ['AlertManager', 'LiveFeed', 'EventLoop']) await row(name).getByText('■ stopped').waitFor();
    await page.getByText('what is shown is old').waitFor();
    await axe(page, 'with services that are stopped');
    await row('AlertManager').getByRole('button', { name: 'Start AlertManager' }).click();
    for (const name of ['AlertManager', 'LiveFeed', 'EventLoop']) await row(name).getByText('✓ healthy').waitFor();
    await page.getByText('● live').waitFor();
    const clock = page.locator('#clock'), before = await clock.textContent();
    await until('nothing comes any more', async () => await clock.textContent() !== before);
    await closed(page);
  },
  'an act whose answer is lost on the way is sent again with the same key, and done once': async () => {
    const page = await open(`${base}#/strategies`);
    page.isCut = true;
    const keys = [];
    await page.route('**/strategies/*/mode', async route => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) { await route.continue(); return; }
      await route.fetch();
      await route.abort('connectionreset');
    });
    const acts = async () => (await (await fetch(`${base}api/v1/audit`)).json()).items.filter(act => act.act.includes('/breakout/mode')).length;
    const before = await acts();
    await page.locator('[data-strategy="breakout"]').getByRole('button', { name: 'Off' }).click();
    await page.locator('[data-strategy="breakout"]').getByText('– off').waitFor();
    await until('it was not sent again', () => keys.length === 2);
    expect(keys[0] === keys[1], 'the second one has another key');
    expect(await acts() === before + 1, 'it was done twice');
    page.isCut = false;
    await closed(page);
  },
  'arrow keys go from one instrument to the next, and an address that says nothing shows something': async () => {
    const page = await open(`${base}#/market`);
    const select = page.getByLabel('Instrument');
    await until('there are no instruments', async () => await select.locator('option').count() > 2);
    await select.focus();
    const before = await select.inputValue();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement.getAttribute('aria-label')) === 'Instrument', 'the focus is lost');
    const chosen = await select.inputValue();
    expect(chosen !== before && page.url().endsWith(`#/market/${encodeURIComponent(chosen)}`), `the address is ${page.url()}`);
    await page.locator('.book .row').first().waitFor();
    await page.goto(`${base}#/market/%E0`);
    await page.locator('.book .row').first().waitFor();
    await closed(page);
  },
  'every view has something to say, in light, in dark and on a phone, and axe finds nothing': async () => {
    for (const [name, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['phone', { viewport: { width: 390, height: 844 } }]]) {
      const page = await open(base, options);
      for (const view of VIEWS) {
        await page.goto(`${base}#/${view}`);
        await page.locator('main h1').first().waitFor({ state: 'attached' });
        await page.waitForTimeout(700);
        await axe(page, `${view}, ${name}`);
        await fits(page, `${view}, ${name}`);
        if (shots) await page.screenshot({ path: join(shots, `${view}-${name}.png`), fullPage: name === 'phone' });
      }
      await closed(page);
    }
  },
  'the graph of the container is painted by health': async () => {
    const page = await open(`${base}#/services`);
    const graph = page.frameLocator('iframe');
    await graph.locator('.node[data-health="healthy"]').first().waitFor({ state: 'attached' });
    // A service that nobody saw while it started has no time, neither in the API nor on the graph.
    await until('the start times on it are not those of the API', async () => {
      const rows = await (await fetch(`${base}api/v1/services`)).json();
      const timed = rows.filter(row => row.path && row.start_ms !== null);
      const shown = await graph.locator('.node:has([data-start])').evaluateAll(nodes =>
        Object.fromEntries(nodes.map(node => [node.dataset.path, node.querySelector('[data-start]').textContent])));
      return timed.length > 0 && timed.every(row => shown[row.path] === `${row.start_ms} ms`);
    });
    if (shots) await page.screenshot({ path: join(shots, 'graph.png'), fullPage: true });
    const frame = page.frames().find(one => one.url().endsWith('/graph'));
    await frame.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const { violations } = await frame.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
    expect(violations.length === 0, `axe says of the graph: ${violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 160)}`).join(' | ')}`);
    await closed(page);
  },
  'by keyboard alone: the way to the content stays in the view': async () => {
    const page = await open(base);
    await page.goto(`${base}/#/risk`);
    await page.reload();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => location.hash === '#/risk' && document.activeElement.id === 'main'), 'it leads elsewhere');
    await page.getByRole('heading', { name: 'Risk', level: 1 }).waitFor();
    await closed(page);
  },
  'by keyboard alone: from view to view, to the kill switch, and back out of it': async () => {
    const page = await open(base);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement.textContent) === 'Skip to the content', 'the first stop is not the way to the content');
    const focus = () => page.evaluate(() => document.activeElement.textContent);
    for (let step = 0; step < 10 && await focus() !== 'Strategies'; step += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/strategies$/);
    for (let step = 0; step < 40 && await page.evaluate(() => document.activeElement.id) !== 'kill-top'; step += 1) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await axe(page, 'the question before the kill switch');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect((await (await fetch(`${base}api/v1/risk`)).json()).used.killed === null, 'Escape has stopped the trading');
    expect(await page.evaluate(() => document.activeElement.id) === 'kill-top', 'the focus is lost');
    await closed(page);
  },
  'by keyboard alone: a strategy is switched, an alert is acknowledged, and an instrument is chosen': async () => {
    const page = await open(`${base}#/strategies`);
    const isAt = words => page.evaluate(words => (document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).startsWith(words), words);
    const reach = async (words, within) => {
      for (let step = 0; step < 200; step += 1) {
        if (await isAt(words) && await page.evaluate(within => document.activeElement.closest(within) !== null, within)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`no key leads to ${words}`);
    };
    const card = page.locator('[data-strategy="mean_reversion"]');
    await card.waitFor();
    await reach('Shadow', '[data-strategy="mean_reversion"]');
    await page.keyboard.press('Space');
    await card.getByText('◐ shadow').waitFor();
    await page.goto(`${base}#/alerts`);
    await page.locator('[data-acknowledge]').first().waitFor();
    await reach('Acknowledge: ', 'tr');
    const id = await page.evaluate(() => document.activeElement.dataset.acknowledge);
    await page.keyboard.press('Enter');
    await page.locator(`[data-acknowledge="${id}"]`).waitFor({ state: 'detached' });
    await page.goto(`${base}#/market`);
    const select = page.getByLabel('Instrument');
    await until('there are no instruments', async () => await select.locator('option').count() > 1);
    await reach('Instrument', 'main');
    const before = await select.inputValue();
    await page.keyboard.press('ArrowDown');
    expect(await select.inputValue() !== before, 'the instrument is the same');
    await closed(page);
  },
  'what somebody sends is shown in the log as text, with every sign': async () => {
    const odd = '<img src=x onerror="document.title=1"> ☃ ≠ \u202e';
    const { token } = await (await fetch(`${base}api/v1/session`)).json();
    await fetch(`${base}api/v1/strategies/momentum/mode`, { method: 'PUT', headers: { 'content-type': 'application/json', 'x-csrf-token': token }, body: JSON.stringify({ mode: odd }) });
    for (const view of ['logs', 'audit']) {
      const page = await open(`${base}#/${view}`);
      await page.locator('main tbody tr', { hasText: '☃ ≠' }).first().waitFor();
      expect(await page.locator('main tbody img').count() === 0, `${view}: it is markup`);
      expect(/Trading platform/.test(await page.title()), `${view}: it was run`);
      await closed(page);
    }
  },
  'older rows are shown when somebody wants them': async () => {
    const page = await open(base);
    const row = id => ({ id, time: '2026-01-01T00:00:00Z', act: `act ${id}`, body: '', status: 200 });
    await page.route('**/audit?*', route => {
      const asked = new URL(route.request().url()).searchParams, offset = Number(asked.get('offset') ?? 0);
      const items = Array.from({ length: Math.min(200, 350 - offset) }, (_, index) => row(350 - offset - index));
      return route.fulfill({ json: { items, total: 350, next: offset + items.length < 350 ? offset + items.length : null } });
    });
    await page.getByRole('link', { name: 'Audit' }).click();
    const more = page.getByRole('button', { name: 'Show older ones' });
    await more.click();
    await page.locator('tr[data-key="1"]').waitFor({ state: 'attached' });
    await more.waitFor({ state: 'hidden' });
    expect(await page.locator('main tbody tr').count() === 350, 'not all are shown');
    expect(await page.locator('main tbody tr').first().getAttribute('data-key') === '350', 'the newest is not the first');
    await closed(page);
  },
  'a report on the account is written and opened, and trades are filtered': async () => {
    const page = await open(`${base}#/backtests`);
    await page.getByRole('button', { name: 'Report on the account' }).click();
    const link = page.getByRole('link', { name: /^Open report/ }).first();
    await link.waitFor();
    await axe(page, 'a report that is done');
    const [report] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await report.getByRole('heading', { name: 'The account' }).waitFor();
    expect(await report.locator('section h2').count() >= 5, 'the report is not whole');
    await report.close();
    await page.getByRole('link', { name: 'Trades' }).click();
    await page.getByLabel('Both sides').selectOption('sell');
    for (const [name, place] of [['Orders', 4], ['Fills', 4], ['Closed trades', 3]]) {
      const sides = page.locator(`section[aria-label="${name}"] tbody tr td:nth-child(${place})`);
      await until(`${name}: others than sales are shown`, async () => {
        const all = await sides.allTextContents();
        return all.length > 0 && all.every(words => words.includes('sell'));
      });
    }
    await page.getByLabel('All states of orders').selectOption('rejected');
    await page.locator('section[aria-label="Orders"]').getByText('No such order was submitted yet').waitFor();
    await closed(page);
  },
  'an end with troubles and figures that are not known are said in words': async () => {
    await forget(base);
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    const page = await context.newPage();
    page.faults = [];
    page.on('pageerror', error => page.faults.push(`a script failed: ${error}`));
    const trouble = 'the order <b>x</b> of simulated:BTCUSDT is open, which was to be cancelled: the venue is away';
    await page.routeWebSocket(/live$/, socket => {
      const platform = socket.connectToServer();
      platform.onMessage(text => {
        const message = JSON.parse(text);
        if (message.topic === 'overview' && message.fields) {
          Object.assign(message.fields, { performance: null });
          if (message.fields.risk) Object.assign(message.fields.risk, { known: false, killed: 'by the test', troubles: [trouble] });
        }
        socket.send(JSON.stringify(message));
      });
    });
    page.setDefaultTimeout(30_000);
    await page.goto(`${base}#/risk`);
    await page.locator('#troubles').getByText(trouble).waitFor();
    await page.locator('#ended').getByText('Not everything could be cancelled or closed').waitFor();
    for (const button of ['#kill', '#kill-top']) await page.locator(button).getByText('Cancel and close again').waitFor();
    expect(await page.locator('#kill').isEnabled(), 'it cannot be tried again');
    expect(await page.getByText('not known, of').count() === 4, 'a figure that is not known is shown');
    await axe(page, 'an end with troubles');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.locator('.kpi', { hasText: 'Equity' }).getByText('not known').waitFor();
    await page.getByText('The value of the account is not known').waitFor();
    await axe(page, 'an account whose value is not known');
    await closed(page);
  },
  'after the platform was killed, back-tests are there, one that had not ended is not said to run, and alerts have who delivered them': async () => {
    const state = ['--store', join(folder, 'state')];
    const one = await platform('127.0.0.1:0', ...state);
    let page = await open(`${one.base}#/backtests`);
    const start = async messages => {
      await page.getByLabel('Messages').fill(messages);
      await page.getByRole('button', { name: 'Start', exact: true }).click();
    };
    const row = number => page.locator(`tr[data-key="${number}"]`);
    await start('2000');
    await row(1).getByText('✓ done').waitFor();
    await start('2000000');
    await page.getByRole('progressbar').waitFor();
    const alerts = async path => (await (await fetch(`${one.base}api/v1/alerts?${path}`)).json()).items;
    await until('no alert is delivered', async () => (await alerts('limit=1&offset=2'))[0]?.deliveries.length > 0);
    const [{ id: alert }] = await alerts('limit=1&offset=2');
    // What is not urgent is written within this time.
    await new Promise(resolve => setTimeout(resolve, 1000));
    page.isCut = true;
    await stopped(one.child, 'SIGKILL');
    await closed(page);
    const two = await platform('127.0.0.1:0', ...state);
    page = await open(`${two.base}#/backtests`);
    await row(2).getByText('! interrupted').waitFor();
    await row(1).getByText('✓ done').waitFor();
    await axe(page, 'back-tests of an earlier run');
    await start('2000');
    await row(3).getByText('✓ done').waitFor();
    const figure = page.locator('section[aria-label="Compared"] tbody tr', { hasText: 'Profit after fees' });
    await until('the two are not compared', async () => (await page.locator('section[aria-label="Compared"] tbody tr', { hasText: 'no. 1' }).filter({ hasText: 'no. 3' }).count()) === 1);
    const [a, b] = [await figure.locator('td').nth(1).textContent(), await figure.locator('td').nth(2).textContent()];
    expect(/USDT/.test(a) && a === b, `the same back-test has earned ${a} and ${b}`);
    await page.goto(`${two.base}#/alerts`);
    await page.getByRole('button', { name: 'all', exact: true }).click();
    await page.locator(`tr[data-key="${alert}"] [data-told="log"]`).waitFor();
    page.isCut = true;
    await stopped(two.child);
    await closed(page);
  },
  'what was chosen is there after a restart, and in another browser': async () => {
    const state = ['--store', join(folder, 'choices')];
    const one = await platform('127.0.0.1:0', ...state);
    let page = await open(`${one.base}#/market`);
    const isPressed = (page, name) => page.getByRole('button', { name, exact: true }).and(page.locator('[aria-pressed="true"]')).waitFor();
    const select = page.getByLabel('Instrument');
    await until('there are no instruments', async () => await select.locator('option').count() > 1);
    const chosen = await select.locator('option').nth(1).getAttribute('value');
    await select.selectOption(chosen);
    await page.getByRole('button', { name: '5m', exact: true }).click();
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByRole('button', { name: 'all', exact: true }).click();
    await page.getByRole('button', { name: 'warning', exact: true }).click();
    await until('the choices are not kept', async () => Object.keys(await (await fetch(`${one.base}api/v1/preferences`)).json()).length === 4);
    page.isCut = true;
    await stopped(one.child);
    await closed(page);
    const two = await platform('127.0.0.1:0', ...state);
    page = await open(`${two.base}#/market`, { known: true });
    await isPressed(page, '5m');
    await until('another instrument is shown', async () => await page.getByLabel('Instrument').inputValue() === chosen);
    await page.getByRole('link', { name: 'Alerts' }).click();
    await isPressed(page, 'all');
    await isPressed(page, 'warning');
    page.isCut = true;
    await stopped(two.child);
    await closed(page);
  },
  'the kill switch ends all trading': async () => {
    const page = await open(`${base}#/alerts`);
    // Something goes wrong elsewhere while the question is open: it is told after it, and takes nothing away.
    let told = null;
    await page.route('**/resend', route => { told = () => route.fulfill({ status: 404, contentType: 'application/json', body: '{"detail":"told late"}' }); });
    page.isCut = true;
    await page.locator('[data-resend]').first().click();
    await until('it is not sent', () => told !== null);
    await page.goto(`${base}#/risk`);
    await page.locator('#kill').click();
    await page.getByRole('dialog').getByLabel(/Why/).fill(REASON);
    await told();
    await page.waitForTimeout(500);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('told late').waitFor();
    await page.keyboard.press('Escape');
    page.isCut = false;
    await page.getByText(`Trading has ended: ${REASON}`).first().waitFor();
    expect(await page.locator('#kill').isDisabled(), 'the switch can be pressed again');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('Nothing is held.').waitFor();
    await axe(page, 'after the end of trading');
    await page.setViewportSize({ width: 360, height: 740 });
    for (const view of VIEWS) {
      await page.goto(`${base}#/${view}`);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      await page.waitForTimeout(400);
      if (view === 'services') await page.locator('main').getByText(REASON).first().waitFor();
      await fits(page, `${view}, on a small phone after the end of trading`);
    }
    await closed(page);
  },
  'the platform restarts, and the page begins anew': async () => {
    const page = await open(base);
    page.isCut = true;
    await stopped(running.child);
    await page.getByText('The connection is lost').waitFor();
    running = await platform(new URL(base).host);
    await page.getByText('● live').waitFor();
    await until('the page still says that trading has ended', async () => await page.locator('#ended').isHidden());
    page.isCut = false;
    await closed(page);
  },
};

for (const [name, test] of Object.entries(TESTS)) {
  try {
    await test();
    passed += 1;
    console.log(`ok: ${name}`);
  } catch (error) {
    faults.push(`${name}: ${error.message}`);
    console.log(`FAILED: ${name}: ${error.message}`);
    for (const context of browser.contexts()) {
      for (const page of context.pages()) console.log(await shown(page));
      await context.close();
    }
  }
}
await stopped(running.child);
await browser.close();
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
