// What a person is about to press stays where it is. A click is lost when its button moves or is replaced between press and
// release, and lands on another row when a new one pushes it down.

/** How long, in milliseconds, a mouse that rests on a button keeps new rows out: who has gone for coffee presses nothing. */
const REST = 5_000;
/** How long after a finger is lifted its click comes at the latest. */
const TAP = 400;

const hovers = window.matchMedia('(hover: hover)');
const waiting = new Set();
let pressed = false, timer = 0, moved = 0, place = '';

const flush = () => { for (const draw of [...waiting]) { waiting.delete(draw); draw(); } };
const letGo = delay => { clearTimeout(timer); timer = setTimeout(() => { pressed = false; flush(); }, delay); };
const listen = (name, handler) => window.addEventListener(name, handler, { capture: true, passive: true });

listen('pointerdown', event => {
  if (!event.isPrimary || event.button !== 0) return;
  clearTimeout(timer);
  pressed = true;
});
listen('pointerup', event => { if (pressed) letGo(event.pointerType === 'mouse' ? 0 : TAP); });
for (const end of ['click', 'pointercancel', 'dragend']) listen(end, () => { if (pressed) letGo(0); });
// Of a window that another one covers, no more is heard.
listen('blur', event => { if (pressed && event.target === window) letGo(0); });
listen('pointermove', event => {
  // Browsers tell of a move, too, when what is under the mouse has moved.
  const now = `${event.screenX} ${event.screenY}`;
  if (now !== place) moved = performance.now();
  place = now;
  if (pressed && event.pointerType === 'mouse' && event.buttons === 0) letGo(0);
});

/** Whether something is pressed now: nothing may move. */
export const isPressed = () => pressed;

/** Whether the mouse is about to press a button within: nothing may be put above it. */
export const isAimedAt = element => hovers.matches && performance.now() - moved < REST && element.querySelector('button:hover') !== null;

/** Draws once what holds it back is over. */
export function later(draw) {
  waiting.add(draw);
  if (!pressed) setTimeout(() => { if (waiting.delete(draw)) draw(); }, REST);
}

/** It was drawn: true if it still waited. */
export const done = draw => waiting.delete(draw);
