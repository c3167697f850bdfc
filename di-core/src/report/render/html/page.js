(() => {
  'use strict';
  const picture = document.getElementById('picture');
  const aside = document.getElementById('chosen');
  const search = document.getElementById('search');
  const found = document.getElementById('found');
  const all = (selector, root = picture) => [...root.querySelectorAll(selector)];
  const keyOf = link => link.getAttribute('href').slice(2);
  const nodes = new Map(all('.node').map(node => [keyOf(node), node]));
  const cardOf = key => document.getElementById('s' + key);
  const boxes = new Map(all('.box').map(box => [box.dataset.n, box]));
  const edges = all('.edges .e');
  const front = all('.edges').pop();
  const needs = new Map(), usedBy = new Map();
  const push = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);
  for (const edge of edges) {
    [edge.from, edge.to] = edge.dataset.e.split(' ');
    push(needs, edge.from, edge.to);
    push(usedBy, edge.to, edge.from);
    edge.home = edge.getAttribute('d');
    edge.group = edge.parentNode;
  }

  // What falls with a service: all that need it, directly or not.
  const reach = start => {
    const seen = new Set([start]), stack = [start];
    while (stack.length) for (const next of usedBy.get(stack.pop()) || []) {
      if (!seen.has(next)) { seen.add(next); stack.push(next); }
    }
    return seen;
  };

  const clear = () => {
    picture.classList.remove('busy');
    for (const node of nodes.values()) node.classList.remove('chosen', 'near', 'needs', 'uses', 'falls');
    for (const edge of edges) {
      edge.classList.remove('on', 'up', 'down');
      if (edge.parentNode !== edge.group) edge.group.append(edge);
    }
    aside.hidden = true;
  };

  const choose = key => {
    clear();
    const node = nodes.get(key);
    if (!node) return;
    picture.classList.add('busy');
    for (const other of reach(key)) if (nodes.has(other)) nodes.get(other).classList.add('falls');
    node.classList.add('chosen', 'near');
    for (const other of needs.get(key) || []) if (nodes.has(other)) nodes.get(other).classList.add('near', 'needs');
    for (const other of usedBy.get(key) || []) if (nodes.has(other)) nodes.get(other).classList.add('near', 'uses');
    for (const edge of edges) {
      if (edge.from === key) edge.classList.add('on', 'down');
      else if (edge.to === key) edge.classList.add('on', 'up');
      else continue;
      // Nothing passes behind a box that one wants to see.
      front.append(edge);
    }
    const card = cardOf(key).cloneNode(true);
    card.removeAttribute('id');
    const close = document.createElement('button');
    close.textContent = 'Close';
    close.onclick = () => { clear(); node.focus(); };
    aside.replaceChildren(close, ...card.childNodes);
    aside.hidden = false;
  };

  document.addEventListener('click', event => {
    const link = event.target.closest && event.target.closest('a[href^="#s"]');
    const node = link && nodes.get(keyOf(link));
    if (!node) return;
    event.preventDefault();
    history.replaceState(null, '', node.getAttribute('href'));
    choose(keyOf(node));
    node.scrollIntoView({ block: 'nearest', inline: 'center' });
  });

  // A box that is folded hides what is in it; edges from and to it end at its border.
  const folded = new Set();
  const insides = new Map([...boxes].map(([key, box]) => {
    const prefix = box.dataset.path + '.';
    return [key, [...nodes, ...boxes].filter(([, node]) => node.dataset.path.startsWith(prefix)).map(([inner]) => inner)];
  }));
  const frame = key => (boxes.get(key) || nodes.get(key)).querySelector('rect, .shape').getBBox();
  const curve = (from, to) => {
    const up = to.y + to.height / 2 < from.y + from.height / 2;
    const y1 = up ? from.y : from.y + from.height, y2 = up ? to.y + to.height : to.y;
    const x1 = from.x + from.width / 2, x2 = to.x + to.width / 2;
    const bend = Math.min(120, Math.max(24, Math.abs(y1 - y2) / 2)) * (up ? -1 : 1);
    return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
  };
  const refold = () => {
    const hiddenBy = new Map();
    for (const key of folded) for (const inner of insides.get(key)) {
      // The outermost folded box is the one that is seen.
      const other = hiddenBy.get(inner);
      if (!other || boxes.get(key).dataset.path.length < boxes.get(other).dataset.path.length) hiddenBy.set(inner, key);
    }
    for (const [key, node] of [...nodes, ...boxes]) node.classList.toggle('gone', hiddenBy.has(key));
    for (const [key, box] of boxes) box.querySelector('rect').setAttribute('height', folded.has(key) ? 36 : box.tall);
    for (const edge of edges) {
      const from = hiddenBy.get(edge.from) || edge.from, to = hiddenBy.get(edge.to) || edge.to;
      const moved = from !== edge.from || to !== edge.to;
      edge.classList.toggle('gone', from === to);
      edge.setAttribute('d', moved && from !== to ? curve(frame(from), frame(to)) : edge.home);
    }
  };
  for (const [key, box] of boxes) {
    const fold = box.querySelector('.fold');
    box.tall = box.querySelector('rect').getAttribute('height');
    fold.setAttribute('role', 'button');
    fold.setAttribute('tabindex', '0');
    const toggle = () => {
      const open = folded.has(key);
      if (open) folded.delete(key); else folded.add(key);
      fold.setAttribute('aria-expanded', String(open));
      fold.querySelector('.sign').textContent = open ? '\u25be' : '\u25b8';
      refold();
    };
    fold.addEventListener('click', toggle);
    fold.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); toggle(); }
    });
  }

  search.addEventListener('input', () => {
    const word = search.value.trim().toLowerCase();
    let count = 0;
    for (const [key, node] of nodes) {
      const card = cardOf(key);
      const text = [node.dataset.path, card.querySelector('h3').textContent, node.textContent].join(' ');
      const hit = word !== '' && text.toLowerCase().includes(word);
      node.classList.toggle('hit', hit);
      card.classList.toggle('gone', word !== '' && !hit);
      count += hit;
    }
    picture.classList.toggle('sought', word !== '');
    found.textContent = word === '' ? '' : `${count} found`;
  });
  search.addEventListener('keydown', event => {
    const hit = picture.querySelector('.node.hit:not(.gone)');
    if (event.key === 'Enter' && hit) { hit.focus(); choose(keyOf(hit)); }
  });

  // Arrows lead to the nearest service in their direction.
  const arrows = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== search) { event.preventDefault(); search.focus(); return; }
    if (event.key === 'Escape') { clear(); search.value = ''; search.dispatchEvent(new Event('input')); return; }
    const way = arrows[event.key], here = document.activeElement;
    if (!way || !here || !here.classList.contains('node')) return;
    event.preventDefault();
    const middle = node => { const b = node.querySelector('.shape').getBBox(); return [b.x + b.width / 2, b.y + b.height / 2]; };
    const [x, y] = middle(here);
    let best = null, least = Infinity;
    for (const node of nodes.values()) {
      if (node === here || node.classList.contains('gone')) continue;
      const [nx, ny] = middle(node);
      const along = (nx - x) * way[0] + (ny - y) * way[1], across = Math.abs((nx - x) * way[1]) + Math.abs((ny - y) * way[0]);
      if (along > 1 && along + across * 2 < least) { least = along + across * 2; best = node; }
    }
    if (best) best.focus();
  });

  // For a page that is served live: state by path, as {"monitoring.alerts": {"health": "degraded", "note": "since 12 s"}}.
  window.diReport = {
    paint(states) {
      for (const node of [...nodes.values(), ...boxes.values()]) {
        const state = states[node.dataset.path];
        if (!state) { delete node.dataset.health; continue; }
        node.dataset.health = state.health;
        let title = node.querySelector('title');
        if (!title) {
          title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
          node.prepend(title);
        }
        title.textContent = `${node.dataset.path}: ${state.health}${state.note ? ', ' + state.note : ''}`;
      }
    },
  };

  const start = location.hash.slice(2);
  if (nodes.has(start)) choose(start);
})();
