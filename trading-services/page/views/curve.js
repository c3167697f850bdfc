// A curve over time, drawn by uPlot in the colours of the page.

import { amount } from '../format.js';
import { h } from '../ui.js';

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Puts a curve into `place`; returns what draws points `[[seconds, value], ..]`. */
export function curve(place, onLeave) {
  const box = h('div', { class: 'curve', role: 'img', 'aria-label': 'The equity over time' });
  const empty = h('p', { class: 'empty' }, 'The curve begins with the first second of trading.');
  place.append(box, empty);
  let plot = null, points = [];

  function make() {
    plot?.destroy();
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') }, font: '12px system-ui, sans-serif' };
    plot = new window.uPlot({
      width: box.clientWidth, height: 240, legend: { show: false }, tzDate: stamp => window.uPlot.tzDate(new Date(stamp * 1000), 'UTC'),
      cursor: { points: { size: 7 } },
      // Room for half of the last time below the curve.
      padding: [null, 32, null, null],
      axes: [{ ...axis, values: (_, stamps) => stamps.map(stamp => new Date(stamp * 1000).toISOString().slice(11, 19)), space: 90 }, { ...axis, size: 78, values: (_, values) => values.map(value => amount(value, values.length > 1 && values[1] - values[0] < 1 ? 2 : 0)) }],
      series: [{ label: 'Time (UTC)', value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
        { label: 'Equity', stroke: colour('--accent'), fill: `${colour('--accent')}18`, width: 2, points: { show: false }, value: (_, value) => (value === null ? '–' : amount(value)) }],
    }, data(), box);
  }
  const data = () => [points.map(point => point[0]), points.map(point => point[1])];
  const resized = new ResizeObserver(() => plot?.setSize({ width: box.clientWidth, height: 240 }));
  resized.observe(box);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => plot && make();
  dark.addEventListener('change', repaint);
  onLeave(() => { resized.disconnect(); dark.removeEventListener('change', repaint); plot?.destroy(); });

  return rows => {
    // uPlot wants times that rise.
    points = [];
    for (const row of rows) {
      const last = points.at(-1);
      if (!last || row[0] > last[0]) points.push(row); else if (row[0] === last[0]) last[1] = row[1];
    }
    empty.hidden = points.length > 1;
    box.hidden = points.length < 2;
    if (points.length < 2) return;
    if (plot) plot.setData(data()); else make();
  };
}
