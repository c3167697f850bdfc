// The API: reading, acting, and the live topics.

const PROTOCOL = 1;
let session = null;

async function answer(response) {
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({ detail: response.statusText }));
  throw new Error(problem.detail || problem.title);
}

export const read = path => fetch(`/api/v1${path}`).then(answer);

/** Does something once, however often it has to be sent: a token of this run, and a key of this act. */
export async function act(method, path, body) {
  const key = crypto.randomUUID();
  for (let attempt = 0; ; attempt += 1) {
    session ??= await read('/session');
    const response = await fetch(`/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-csrf-token': session.token, 'idempotency-key': key },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    // Another run has another token.
    if (response.status !== 403 || attempt > 0) return answer(response);
    session = null;
  }
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
  watchers = new Set();

  watch(watcher) { this.watchers.add(watcher); watcher(this.state); }

  subscribe(name, listener, { key = null } = {}) {
    let topic = this.topics.get(name);
    if (!topic) {
      topic = { seq: 0, data: null, key, listeners: new Set() };
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
    if (this.state === 'live') this.socket.send(JSON.stringify({ v: PROTOCOL, run: this.run, ...ask }));
  }

  connect() {
    const socket = new WebSocket(`ws://${location.host}/api/v1/live`);
    this.socket = socket;
    socket.onmessage = event => this.hear(JSON.parse(event.data));
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.become('lost');
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, 5000);
    };
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
      this.become('live');
      this.send({ subscribe: Object.fromEntries([...this.topics].map(([name, topic]) => [name, topic.seq])) });
      return;
    }
    const topic = this.topics.get(message.topic);
    if (!topic) return;
    topic.seq = message.seq;
    const isWhole = message.type === 'snapshot' || topic.data === null;
    if (message.fields) topic.data = isWhole ? message.fields : { ...topic.data, ...message.fields };
    if (message.rows) {
      const key = topic.key ?? (row => row.id ?? row.time ?? row.name);
      const rows = new Map(isWhole ? [] : topic.data.map(row => [key(row), row]));
      for (const row of message.rows) rows.set(key(row), row);
      topic.data = [...rows.values()].slice(-2400);
    }
    for (const listener of topic.listeners) listener(topic.data, topic);
  }
}

export const live = new Live();
