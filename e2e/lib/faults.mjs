// Functions that look from inside a page at how a call comes through a fault, and what is made of their answers.

/* global document, find, navigator, window */

/**
 * In a page whose pictures are watched: when they came again after `sinceMs`, if they have come for `calmMs` without a pause longer
 * than `pauseMs`. The longest pause that began before `untilMs` is the fault's.
 */
export function resumed({ sinceMs, untilMs, pauseMs, calmMs }) {
  const frames = window.watched.frames.filter((atMs) => atMs > sinceMs - 20_000);
  const now = Date.now();
  if (frames.length === 0 || now - frames.at(-1) > pauseMs || document.hidden) {
    return undefined;
  }
  let pause = { beganMs: sinceMs, atMs: sinceMs, ms: 0 };
  let calmSince = sinceMs;
  for (let i = 1; i < frames.length; i++) {
    const [before, atMs] = [frames[i - 1], frames[i]];
    if (atMs < sinceMs) {
      continue;
    }
    if (atMs - before > pauseMs) {
      calmSince = atMs;
    }
    if (before < untilMs && atMs - before > pause.ms) {
      pause = { beganMs: before, atMs, ms: atMs - before };
    }
  }
  return now - calmSince >= calmMs && now >= untilMs ? { afterMs: pause.atMs - sinceMs, pauseMs: pause.ms } : undefined;
}

/** In a page: bytes of sound that have arrived over the newest connection. */
export async function soundBytes() {
  const stats = await window.watched.newest.getStats();
  const inbound = [...stats.values()].find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
  return inbound?.bytesReceived ?? 0;
}

/** In a page: what the call looks like to its person. */
export function sight() {
  const said = find('#notices')?.textContent ?? '';
  return { state: find('main#app')?.dataset.state, audioOnly: /sound only|只传声音/.test(said) };
}

/** Before a page's own scripts: candidates are told late and in a random order. */
export function shuffled({ lateMs }) {
  // A page that is watched has a class of its own above the browser's.
  let prototype = window.RTCPeerConnection.prototype;
  while (!Object.hasOwn(prototype, 'onicecandidate')) prototype = Object.getPrototypeOf(prototype);
  const later = (run) => window.setTimeout(run, Math.random() * lateMs);
  const { set } = Object.getOwnPropertyDescriptor(prototype, 'onicecandidate');
  Object.defineProperty(prototype, 'onicecandidate', {
    configurable: true,
    set(handler) {
      set.call(this, handler === null ? null : (event) => later(() => handler.call(this, event)));
    },
  });
}

/** Before a page's own scripts: keeps what is said to the server and what becomes of connections, for a look at what took long. */
export function traced() {
  const trace = [];
  window.trace = trace;
  const say = (what) => trace.push({ atMs: Date.now(), what });
  const Socket = window.WebSocket;
  const shown = (data) => {
    const { type, description } = JSON.parse(data);
    return description === undefined ? type : `${type} ${description.type}`;
  };
  window.WebSocket = class extends Socket {
    constructor(...arguments_) {
      super(...arguments_);
      say('socket begun');
      this.addEventListener('open', () => say('socket open'));
      this.addEventListener('message', ({ data }) => say(`server: ${shown(data)}`));
    }

    send(data) {
      say(`to server: ${shown(data)}`);
      super.send(data);
    }

    close(...arguments_) {
      say('socket given up');
      super.close(...arguments_);
    }
  };
  const prototype = window.RTCPeerConnection.prototype;
  for (const name of ['setLocalDescription', 'setRemoteDescription', 'restartIce', 'addIceCandidate']) {
    const original = prototype[name];
    prototype[name] = function traced_(...arguments_) {
      say(`${name} ${arguments_[0]?.type ?? arguments_[0]?.candidate ?? ''}`);
      const done = original.apply(this, arguments_);
      Promise.resolve(done).then(() => say(`${name} done, ${this.signalingState}`), (error) => say(`${name} ${error}`));
      return done;
    };
  }
  const fields = ['connectionState', 'iceConnectionState', 'iceGatheringState'];
  const add = (pc) => {
    for (const field of fields) pc.addEventListener(`${field.toLowerCase()}change`, () => say(`${field} ${pc[field]}`));
    pc.addEventListener('icecandidate', ({ candidate }) => say(`found ${candidate?.candidate ?? 'the last'}`));
  };
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...arguments_) {
      super(...arguments_);
      add(this);
    }
  };
  window.addEventListener('online', () => say('online'));
  window.addEventListener('offline', () => say('offline'));
  navigator.connection?.addEventListener('change', () => say('network change'));
}

/**
 * In a watched page: at a given time this side begins one of the things that need an offer, and tells when its connection is at rest
 * again, on the path it looked for, with `frames` more pictures.
 */
export async function negotiateAt({ atMs, what, frames, withinMs }) {
  const first = window.watched.newest;
  const fragment = (pc) => /a=ice-ufrag:(\S+)/.exec(pc.currentLocalDescription?.sdp ?? '')?.[1];
  const before = fragment(first);
  await new Promise((resolve) => window.setTimeout(resolve, atMs - Date.now()));
  const beganAtMs = Date.now();
  if (what === 'restart') {
    first.restartIce();
  } else {
    first.onnegotiationneeded();
  }
  let shown;
  for (;;) {
    await new Promise((resolve) => window.setTimeout(resolve, 20));
    // Between a connection and the one in its place there is none.
    const pc = window.watched.newest ?? first;
    const settled = pc.signalingState === 'stable' && pc.connectionState === 'connected' && fragment(pc) !== before;
    // What a person sees, not what is decoded.
    const pictures = window.watched.frames.length;
    shown = settled ? (shown ?? pictures) : undefined;
    if (shown !== undefined && pictures >= shown + frames) {
      return { ms: Date.now() - beganAtMs, beganAtMs, anew: pc !== first };
    }
    if (Date.now() - beganAtMs > withinMs) {
      const { signalingState, connectionState, iceConnectionState } = pc;
      const restarted = fragment(pc) !== before;
      const why = { signalingState, connectionState, iceConnectionState, restarted, anew: pc !== first, pictures: pictures - (shown ?? 0) };
      throw new Error(`not at rest after ${withinMs} ms: ${JSON.stringify(why)}`);
    }
  }
}

/** The value that `share` of these do not exceed. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}

export function summary(values) {
  return `median ${quantile(values, 0.5)} ms, p95 ${quantile(values, 0.95)} ms, longest ${Math.max(...values)} ms of ${values.length}`;
}
