// What a person has chosen: the platform keeps it, so that it is there after a restart, and in another browser.

import { act, read } from './api.js';

/** How long, in milliseconds, the page waits for it: it is no reason to show nothing. */
const PATIENCE = 2_000;

let chosen = {}, last = Promise.resolve();

/** Reads everything, once. Without an answer the page begins as if nothing had been chosen. */
export async function load() {
  const late = new Promise(resolve => setTimeout(resolve, PATIENCE, {}));
  chosen = await Promise.race([read('/preferences').catch(() => ({})), late]);
}

/** What was chosen, if it is still one of these. */
export const preferred = (name, options, usual) => (options.includes(chosen[name]) ? chosen[name] : usual);

/** Remembers a choice, after the one before it. Nobody waits for it: what cannot be kept holds as long as the page is open. */
export function prefer(name, value) {
  if (chosen[name] === value) return;
  chosen[name] = value;
  last = last.then(() => act('PUT', `/preferences/${name}`, { value })).catch(() => {});
}
