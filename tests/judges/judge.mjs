// Judges reports in a browser: `node judge.mjs FOLDER`. Each *.mmd goes through Mermaid's own parser, each *.html through
// axe and through what a person does on the page. It prints what is wrong, and fails if anything is.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const folder = resolve(process.argv[2]);
const faults = [];
let judged = 0;
const expect = (holds, fault) => { if (!holds) faults.push(fault); };

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

async function mermaid(file) {
  const page = await browser.newPage();
  await page.addScriptTag({ path: join(import.meta.dirname, 'node_modules/mermaid/dist/mermaid.min.js') });
  const fault = await page.evaluate(async text => {
    window.mermaid.initialize({ startOnLoad: false, maxEdges: 5000, maxTextSize: 1000000 });
    try {
      const parsed = await window.mermaid.parse(text);
      return parsed.diagramType.startsWith('flowchart') ? null : parsed.diagramType;
    } catch (error) {
      return String(error);
    }
  }, readFileSync(join(folder, file), 'utf8'));
  expect(fault === null, `${file}: Mermaid says ${fault}`);
  await page.close();
}

async function open(file, options) {
  const context = await browser.newContext({ viewport: { width: 1500, height: 1000 }, ...options });
  const page = await context.newPage();
  page.on('pageerror', error => faults.push(`${file}: a script failed: ${error}`));
  page.on('console', message => { if (message.type() === 'error') faults.push(`${file}: ${message.text()}`); });
  page.on('request', request => {
    if (!request.url().startsWith('file:')) faults.push(`${file}: it asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(join(folder, file)).href);
  return page;
}

async function axe(file, page, state) {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  // Contrast takes minutes on a large page; the small ones have the same colours.
  const rules = { 'color-contrast': { enabled: await page.locator('article').count() < 40 } };
  const { violations } = await page.evaluate(rules => window.axe.run({ rules }), rules);
  for (const { id, help, nodes } of violations) {
    faults.push(`${file}, ${state}: axe says ${id}: ${help}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' | ')}`);
  }
}

async function html(file) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(file, { colorScheme });
    await axe(file, page, colorScheme);
    if (await page.locator('article').count() > 80) { await page.context().close(); break; }
    await page.locator('#picture .node').last().focus();
    await page.keyboard.press('Enter');
    await axe(file, page, `${colorScheme}, a service chosen`);
    await page.context().close();
  }
  const page = await open(file, {});
  const count = selector => page.locator(selector).count();

  // Choosing by the keyboard: the card appears, and what the service needs is marked.
  const node = page.locator('#picture .node').last();
  const path = await node.getAttribute('data-path');
  await node.focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('#chosen').isVisible(), `${file}: no card of the chosen service appears`);
  expect((await page.locator('#chosen').textContent()).includes(path), `${file}: the card is another service's`);
  expect(await count('.node.chosen') === 1, `${file}: not one service is chosen`);
  const edges = await page.evaluate(() => {
    const key = document.querySelector('.node.chosen').getAttribute('href').slice(2);
    const own = [...document.querySelectorAll('.edges .e')].filter(edge => edge.dataset.e.split(' ').includes(key));
    return { own: own.length, on: document.querySelectorAll('.edges .e.on').length };
  });
  expect(edges.own === edges.on, `${file}: ${edges.on} of the ${edges.own} dependencies of the chosen service are drawn`);
  await page.keyboard.press('Escape');
  expect(await count('.node.chosen') === 0, `${file}: Escape does not let go`);

  // Arrows go from one to another.
  await page.locator('#picture .node').first().focus();
  const before = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press('ArrowDown');
  expect(before !== await page.evaluate(() => document.activeElement.id), `${file}: an arrow leads nowhere`);

  // Search finds by name, and Enter chooses.
  await page.keyboard.press('/');
  await page.keyboard.type(path);
  expect(await page.locator(`.node.hit[data-path="${path}"]`).count() === 1, `${file}: the search does not find ${path}`);
  expect(/^[1-9]\d* found$/.test(await page.locator('#found').textContent()), `${file}: it is not said how many are found`);
  await page.keyboard.press('Enter');
  expect(await count('.node.chosen') === 1, `${file}: Enter in the search chooses nothing`);
  await page.keyboard.press('Escape');

  // A module folds: what is in it disappears, and the edges end at it.
  if (await count('.box')) {
    const fold = page.locator('.fold').first();
    await fold.focus();
    await page.keyboard.press('Enter');
    const box = await page.locator('.box').first().getAttribute('data-path');
    const inside = await page.evaluate(prefix => [...document.querySelectorAll('.node')]
      .filter(node => node.dataset.path.startsWith(prefix) && getComputedStyle(node).display !== 'none').length, box + '.');
    expect(inside === 0, `${file}: ${inside} services of the folded ${box} are still there`);
    expect(await fold.getAttribute('aria-expanded') === 'false', `${file}: the folded box does not say so`);
    await page.keyboard.press('Enter');
    expect(await count('.node.gone') === 0, `${file}: unfolding does not bring the services back`);
  }

  // The page that is served live paints by path.
  await page.evaluate(path => window.diReport.paint({ [path]: { health: 'degraded', note: 'since 12 s' } }), path);
  expect(await page.locator('[data-health=degraded]').count() === 1, `${file}: paint marks no service`);
  await page.context().close();

  // Without scripts all is there.
  const plain = await open(file, { javaScriptEnabled: false });
  expect(await plain.locator('article').count() >= await plain.locator('.node').count(), `${file}: cards are missing`);
  expect(await plain.locator('article').last().isVisible(), `${file}: without scripts the cards are not seen`);
  await plain.context().close();
}

for (const file of readdirSync(folder).sort()) {
  const judge = file.endsWith('.mmd') ? mermaid : file.endsWith('.html') ? html : null;
  if (!judge) continue;
  judged += 1;
  await judge(file);
}
await browser.close();
expect(judged > 0, `${folder}: there is nothing to judge`);
for (const fault of faults) console.error(fault);
console.log(`${judged} files judged, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
