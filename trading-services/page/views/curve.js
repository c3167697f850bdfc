// Curves over time, drawn by uPlot in the colours of the page.

import { amount, moment } from '../format.js';
import { h } from '../ui.js';

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// The second one is dashed: colours do not carry the meaning alone.
const LOOK = [['--accent', []], ['--warn', [7, 4]]];

/**
 * Puts curves into `place`; returns what draws them, each of points `[[seconds, value], ..]`.
 */
export function curve(place, onLeave, { label = 'The equity over time', names = ['Equity'], empty: words = 'The curve begins with the first second of trading.' } = {}) {
  const box = h('div', { class: 'curve', role: 'img', 'aria-label': label });
  const empty = h('p', { class: 'empty' }, words);
  place.append(box, empty);
  let plot = null, data = [[]];
  /** The time of a place on the axis: with its date where the curve is longer than a day, and alone where it is longer than weeks. */
  function when(stamp) {
    const text = new Date(stamp * 1000).toISOString(), days = (data[0].at(-1) - data[0][0]) / 86_400;
    return days > 20 ? text.slice(0, 10) : days > 1 ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 19);
  }

  function make() {
    plot?.destroy();
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') }, font: '12px system-ui, sans-serif' };
    plot = new window.uPlot({
      width: box.clientWidth, height: 240, legend: { show: false }, tzDate: stamp => window.uPlot.tzDate(new Date(stamp * 1000), 'UTC'),
      cursor: { points: { size: 7 } },
      // Room for half of the last time below the curve.
      padding: [null, 32, null, null],
      axes: [{ ...axis, label: 'Time (UTC)', labelSize: 18, labelFont: '12px system-ui, sans-serif', values: (_, stamps) => stamps.map(stamp => when(stamp)), space: 90 }, { ...axis, size: 78, values: (_, values) => values.map(value => amount(value, values.length > 1 && values[1] - values[0] < 1 ? 2 : 0)) }],
      series: [{ label: 'Time (UTC)', value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
        ...names.map((name, index) => ({ label: name, stroke: colour(LOOK[index][0]), dash: LOOK[index][1], fill: names.length === 1 ? `${colour(LOOK[index][0])}18` : undefined, width: 2, spanGaps: true,
          points: { show: false }, value: (_, value) => (value === null ? '–' : amount(value)) }))],
    }, data, box);
  }
  let described = 0;
  /** What the curves say, in words; not more often than somebody could hear it. */
  function describe() {
    if (performance.now() - described < 5_000) return;
    described = performance.now();
    const words = names.map((name, index) => {
      const values = data[index + 1].filter(value => value !== null);
      return values.length === 0 ? `${name}: nothing` : `${name}: from ${amount(values[0])} to ${amount(values.at(-1))}, at least ${amount(Math.min(...values))}, at most ${amount(Math.max(...values))}`;
    });
    const day = stamp => moment(new Date(stamp * 1000).toISOString());
    box.setAttribute('aria-label', `${label}, from ${day(data[0][0])} to ${day(data[0].at(-1))}. ${words.join('; ')}`);
  }
  const resized = new ResizeObserver(() => plot?.setSize({ width: box.clientWidth, height: 240 }));
  resized.observe(box);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => plot && make();
  dark.addEventListener('change', repaint);
  onLeave(() => { resized.disconnect(); dark.removeEventListener('change', repaint); plot?.destroy(); });

  return (...curves) => {
    // uPlot wants times that rise, and the same for all.
    const values = curves.map(rows => new Map(rows));
    const times = [...new Set(values.flatMap(map => [...map.keys()]))].sort((a, b) => a - b);
    data = [times, ...values.map(map => times.map(time => map.get(time) ?? null))];
    empty.hidden = times.length > 1;
    box.hidden = times.length < 2;
    if (times.length < 2) return;
    describe();
    if (plot) plot.setData(data); else make();
  };
}
