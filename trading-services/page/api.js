// The API: reading, acting, and the live topics.

import { seconds } from './format.js';

const PROTOCOL = 1;
let session = null;

async function answer(response) {
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({ detail: response.statusText }));
  throw new Error(problem.detail || problem.title);
}

export const read = path => fetch(`/api/v1${path}`).then(answer);

/** How long, in milliseconds, something that acts is sent again when the connection is lost on the way, or while the first try is under way. */
const PATIENCE = 30_000;
/** How long one request may take at most: a start of many services, an alert to several channels that are slow. */
const SLOWEST = 150_000;
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/**
 * Does something once, however often it has to be sent: a token of this run, and a key of this act. A platform that has begun anew
 * knows no keys: there it is not sent again when it may have been done before.
 */
export async function act(method, path, body) {
  const key = crypto.randomUUID(), end = performance.now() + PATIENCE;
  let sent = null, isRefused = false;
  for (let wait = 250; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      session ??= await read('/session');
      if (sent !== null && session.run !== sent) throw new Error('The platform has begun anew meanwhile. Look whether it was done before it is tried again.');
      const response = await fetch(`/api/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-csrf-token': session.token, 'idempotency-key': key },
        body: body === undefined ? undefined : JSON.stringify(body),
        // A platform that hangs refuses no connection.
        signal: AbortSignal.timeout(SLOWEST),
      });
      if (response.status === 403 && !isRefused) {
        // Another run has another token.
        [session, isRefused] = [null, true];
      } else if (!response.headers.has('retry-after') || performance.now() > end) {
        return await answer(response);
      }
    } catch (error) {
      // That is how a lost connection is told.
      const isSilent = error.name === 'TimeoutError';
      if (!(error instanceof TypeError) && !isSilent) throw error;
      if (isSilent || performance.now() > end) throw new Error('The platform does not answer. Whether it was done is in its audit log.');
      sent ??= session?.run ?? null;
      session = null;
    }
    await pause(wait);
  }
}

/** How long, in milliseconds, nothing may come before what is shown counts as old, and before another connection is tried. */
const SILENCE = 6_000, GIVE_UP = 20_000;

/** One row of each of so many parts of time at most, from the first row on, and the last one. Their length is a power of two: rows that stay now stay later, too. */
function thinned(rows, parts) {
  const times = rows.map(row => seconds(row.time)), length = 2 ** Math.ceil(Math.log2(Math.max(1, (times.at(-1) - times[0]) / parts)));
  const part = index => Math.floor((times[index] - times[0]) / length);
  return rows.filter((_, index) => index === 0 || index === rows.length - 1 || part(index) !== part(index - 1));
}

/**
 * The live topics. A listener gets the whole topic at first and after each change: an object for fields, an array for rows.
 * After a cut it goes on from where it was; after a restart of the platform it begins anew.
 */
class Live {
  topics = new Map();
  run = null;
  socket = null;
  wait = 250;
  state = 'connecting';
  isOpen = false;
  heard = performance.now();
  watchers = new Set();

  watch(watcher) { this.watchers.add(watcher); watcher(this.state); }

  subscribe(name, listener, { key = null, thins = false } = {}) {
    let topic = this.topics.get(name);
    if (!topic) {
      topic = { seq: 0, data: null, key, thins, listeners: new Set() };
      this.topics.set(name, topic);
      this.send({ subscribe: { [name]: 0 } });
    }
    topic.listeners.add(listener);
    if (topic.data) listener(topic.data, topic);
    return () => {
      topic.listeners.delete(listener);
      if (topic.listeners.size === 0 && this.topics.get(name) === topic) {
        this.topics.delete(name);
        this.send({ unsubscribe: [name] });
      }
    };
  }

  send(ask) {
    if (this.isOpen) this.socket.send(JSON.stringify({ v: PROTOCOL, run: this.run, ...ask }));
  }

  connect() {
    const socket = new WebSocket(`ws://${location.host}/api/v1/live`);
    this.socket = socket;
    this.isOpen = false;
    this.heard = performance.now();
    socket.onmessage = event => { if (this.socket === socket) this.hear(JSON.parse(event.data)); };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.isOpen = false;
      this.become('lost');
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, 5000);
    };
  }

  /** Looks whether anything has come: a platform that hangs closes no connection. */
  look() {
    const silence = performance.now() - this.heard;
    if (this.state === 'live' && silence > SILENCE) this.become('silent');
    if (this.isOpen && silence > GIVE_UP) { this.socket.close(); this.connect(); }
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher(state);
  }

  hear(message) {
    if (message.type === 'hello') {
      if (message.v !== PROTOCOL) { location.reload(); return; }
      const isNew = this.run !== null && this.run !== message.run;
      if (isNew) {
        session = null;
        for (const topic of this.topics.values()) { topic.seq = 0; topic.data = null; }
      }
      this.run = message.run;
      this.wait = 250;
      this.isOpen = true;
      this.send({ subscribe: Object.fromEntries([...this.topics].map(([name, topic]) => [name, topic.seq])) });
      return;
    }
    // What the platform has kept may be old; what changes is not.
    if (message.type === 'alive' || message.type === 'change') {
      this.heard = performance.now();
      this.become('live');
    }
    const topic = this.topics.get(message.topic);
    if (!topic) return;
    topic.seq = message.seq;
    const isWhole = message.type === 'snapshot' || topic.data === null;
    if (message.fields) topic.data = isWhole ? message.fields : { ...topic.data, ...message.fields };
    if (message.rows) {
      const key = topic.key ?? (row => row.id ?? row.time ?? row.name);
      const rows = new Map(isWhole ? [] : topic.data.map(row => [key(row), row]));
      // In the order of their numbers, or of their last change, and no more of them than the platform has.
      for (const row of message.rows) { rows.delete(key(row)); rows.set(key(row), row); }
      const all = [...rows.values()];
      if (typeof all[0]?.id === 'number') all.sort((a, b) => a.id - b.id);
      topic.data = all.length <= message.most ? all : topic.thins ? thinned(all, message.most / 2) : all.slice(-message.most);
    }
    for (const listener of topic.listeners) listener(topic.data, topic);
  }
}

export const live = new Live();
setInterval(() => live.look(), 500);
