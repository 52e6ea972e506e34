// Functions whose source is run inside a page: nothing outside a function's own body exists there, but `find` for those that an
// agent evaluates.

/* global DOMException, document, window, RTCPeerConnection, navigator, MediaRecorder, MediaStream, OfflineAudioContext, Blob, setInterval, setTimeout */

/** The element a selector means: in the document, or inside `<duet-call>`. What is run in a page knows it as `find`. */
export function find(selector) {
  return document.querySelector(selector) ?? document.querySelector('duet-call')?.shadowRoot?.querySelector(selector) ?? null;
}

/**
 * Before the page's own scripts: the camera shows a drawn picture. For Firefox, which cannot play a file as a
 * camera; its fake microphone can make the tone by itself. The geometry is that of pattern.mjs.
 */
export function installCamera({ cells }) {
  const devices = navigator.mediaDevices;
  if (devices === undefined) {
    return;
  }
  const original = devices.getUserMedia.bind(devices);
  let picture;
  function open() {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext('2d');
    const draw = () => {
      const step = Math.floor((Date.now() % 2000) / 250);
      cells.forEach(([r, g, b], i) => {
        context.fillStyle = `rgb(${r},${g},${b})`;
        context.fillRect((i % 4) * 160, Math.floor(i / 4) * 100, 160, 100);
      });
      context.fillStyle = 'black';
      context.fillRect(0, 300, 640, 60);
      context.fillStyle = 'white';
      context.fillRect(step * 80, 300, 80, 60);
    };
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10).getVideoTracks()[0];
  }
  devices.getUserMedia = async (constraints) => {
    // The real one first: what it refuses is refused, and Firefox then knows that this page captures.
    const stream = await original(constraints);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
      picture ??= open();
      stream.addTrack(picture.clone());
    }
    return stream;
  };
}

/**
 * Before the page's own scripts: keeps the page's connections and how their states change, what the server says about who is in the
 * room and which data signals come, the types of what it says, and when the person entered, ICE was connected and the first picture of the other was shown.
 * `iceServers` stand in for those of the page; with `frames` the times of all pictures are kept; with `thrifty` pictures are small and few,
 * and there is no sound (it costs a tab more than anything else), so that one machine carries many calls.
 */
export function installWatch({ iceServers, frames, thrifty }) {
  const Original = window.RTCPeerConnection;
  const watched = { connections: [], usernames: [], relays: [], failures: [], states: [], told: [], said: [], frames: [] };
  const configured = (configuration) => {
    const used = iceServers === undefined ? configuration : { ...configuration, iceServers };
    watched.usernames.push(...(used?.iceServers ?? []).flatMap(({ username }) => username ?? []));
    return used;
  };
  window.watched = watched;
  // Before the seat there may be others, which are closed then.
  const newest = () => watched.connections.findLast(({ connectionState }) => connectionState !== 'closed');
  Object.defineProperty(watched, 'newest', { get: newest });
  window.RTCPeerConnection = class extends Original {
    constructor(configuration) {
      super(configured(configuration));
      watched.connections.push(this);
      this.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate?.type === 'relay') {
          watched.relays.push(candidate.candidate);
        }
      });
      this.addEventListener('icecandidateerror', ({ url, errorCode, errorText }) => {
        watched.failures.push(`${url} ${errorCode} ${errorText}`);
      });
      for (const what of ['connectionState', 'iceConnectionState']) {
        this.addEventListener(what.toLowerCase() + 'change', () => {
          watched.states.push({ atMs: Date.now(), what, state: this[what] });
        });
      }
      this.addEventListener('iceconnectionstatechange', () => {
        if (['connected', 'completed'].includes(this.iceConnectionState)) {
          watched.iceConnectedAtMs ??= Date.now();
        }
      });
    }

    close() {
      watched.states.push({ atMs: Date.now(), what: 'connectionState', state: 'closed' });
      super.close();
    }

    setConfiguration(configuration) {
      super.setConfiguration(configured(configuration));
    }
  };
  if (thrifty) {
    const devices = navigator.mediaDevices;
    const original = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async ({ video }) => {
      if (!video) {
        throw new DOMException('no microphone here', 'NotFoundError');
      }
      return original({ video: { width: 160, height: 90, frameRate: 2 } });
    };
  }
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...arguments_) {
      super(...arguments_);
      this.addEventListener('message', ({ data }) => {
        const { type, you, participant, participants, reason, recovered, seq, data: sent } = JSON.parse(data);
        if (sent !== undefined || /^(joined|full|ended|moving|participant-)/.test(type)) {
          const ids = [participant?.id ?? participant, ...(participants ?? []).map(({ id }) => id)].filter(Boolean);
          watched.told.push({ atMs: Date.now(), type, you: you?.id, others: ids, reason, recovered, seq, data: sent });
        }
      });
    }

    send(data) {
      watched.said.push(JSON.parse(data).type);
      super.send(data);
    }
  };
  document.addEventListener('click', (event) => {
    if (event.composedPath().some((element) => ['join', 'create'].includes(element.id))) {
      watched.enteredAtMs = Date.now();
    }
  }, true);
  const root = window.Element.prototype.attachShadow;
  window.Element.prototype.attachShadow = function attachShadow(options) {
    const shadow = root.call(this, options);
    new window.MutationObserver(() => watch(shadow.querySelector('video#remote'))).observe(shadow, { childList: true, subtree: true });
    return shadow;
  };
  document.addEventListener('DOMContentLoaded', () => watch(document.querySelector('video#remote')));
  const videos = new Set();
  function watch(video) {
    if (video === null || videos.has(video)) {
      return;
    }
    videos.add(video);
    const shown = () => {
      watched.frames.push(Date.now());
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(() => {
      watched.firstFrameAtMs ??= Date.now();
      if (frames) {
        shown();
      }
    });
  }
}

/** The pair of candidates that the newest open connection of a watched page uses, or nothing. */
export async function selectedPair() {
  const connection = window.watched.newest;
  const stats = connection === undefined ? new Map() : await connection.getStats();
  const all = [...stats.values()];
  const named = stats.get(all.find(({ type }) => type === 'transport')?.selectedCandidatePairId);
  const pair = named ?? all.find(({ type, selected }) => type === 'candidate-pair' && selected === true);
  const end = (id) => {
    const { candidateType, relayProtocol, protocol, address, port } = stats.get(id) ?? {};
    // Who is met before being named stays reflexive to Firefox.
    const named = connection.remoteDescription?.sdp.includes(` ${address} ${port} typ relay`);
    return { candidateType: named ? 'relay' : candidateType, relayProtocol, protocol, address, port };
  };
  return pair === undefined ? undefined : { local: end(pair.localCandidateId), remote: end(pair.remoteCandidateId) };
}

/**
 * Before the page's own scripts: the camera shows a drawn person in a drawn room, for pictures that people look at. The number
 * chooses who it is.
 */
export function installPortrait(number) {
  const devices = navigator.mediaDevices;
  if (devices === undefined) {
    return;
  }
  const original = devices.getUserMedia.bind(devices);
  const looks = [
    { wall: ['#f4d9b8', '#e3b98c'], hair: '#3b2a24', skin: '#e8b48c', top: '#2f6f62', long: true, plant: true },
    { wall: ['#c5d6e6', '#94b1cc'], hair: '#20242b', skin: '#c98d65', top: '#d9673f', long: false, plant: false },
  ];
  const { wall, hair, skin, top, long, plant } = looks[(number - 1) % looks.length];
  const canvas = document.createElement('canvas');
  canvas.width = 1280;
  canvas.height = 720;
  const c = canvas.getContext('2d');
  const shape = (colour, path) => {
    c.fillStyle = colour;
    c.beginPath();
    path();
    c.fill();
  };
  const disc = (colour, x, y, rx, ry = rx, turn = 0) => shape(colour, () => c.ellipse(x, y, rx, ry, turn, 0, 7));
  const box = (colour, x, y, w, h, r) => shape(colour, () => c.roundRect(x, y, w, h, r));

  function room() {
    const light = c.createLinearGradient(0, 0, 1280, 720);
    light.addColorStop(0, wall[0]);
    light.addColorStop(1, wall[1]);
    box(light, 0, 0, 1280, 720, 0);
    box('#fff9', 90, 70, 260, 330, 14);
    box('#bfe3f2', 104, 84, 232, 302, 8);
    box('#fff9', 214, 84, 12, 302, 0);
    box('#fff9', 104, 226, 232, 12, 0);
    box('#7a563c', 930, 300, 300, 16, 4);
    [['#b8543f', 70], ['#e0b04c', 94], ['#3f6f8c', 82], ['#6b8f5a', 100]].forEach(([colour, height], i) => {
      box(colour, 950 + i * 36, 300 - height, 30, height, 4);
    });
    if (plant) {
      box('#c9744f', 1140, 240, 64, 60, 8);
      [-0.7, -0.25, 0.25, 0.7].forEach((turn) => disc('#4f8a5b', 1172 + turn * 60, 190, 20, 66, turn));
    } else {
      disc('#fff3c9', 1166, 240, 44);
      box('#5c4634', 1158, 270, 16, 30, 2);
    }
  }

  function person(sway, open) {
    c.save();
    c.translate(640 + sway, 0);
    if (long) {
      disc(hair, 0, 330, 168, 210);
      box(hair, -168, 330, 336, 220, 80);
    }
    disc(top, 0, 800, 330, 280);
    box(skin, -54, 430, 108, 130, 50);
    disc('#0001', 0, 500, 62, 26);
    disc(skin, 0, 330, 126, 156);
    shape(hair, () => {
      c.ellipse(0, 268, 136, 118, 0, Math.PI, 0);
      c.quadraticCurveTo(40, 214, -136, 268);
    });
    for (const side of [-1, 1]) {
      disc('#fff', side * 48, 328, 20, 15);
      disc('#2b1d16', side * 48 + sway / 8, 329, 10);
      box(hair, side * 48 - 26, 292, 52, 9, 5);
      disc('#d8694f33', side * 74, 378, 28, 18);
    }
    shape('#0002', () => c.ellipse(0, 368, 14, 9, 0, 0, Math.PI));
    shape('#8d3b34', () => c.ellipse(0, 406, 48, 12 + open, 0, 0, Math.PI));
    box('#fff', -34, 406, 68, 7, 3);
    c.restore();
  }

  const started = Date.now();
  function draw() {
    const seconds = (Date.now() - started) / 1000;
    room();
    person(Math.sin(seconds * 0.9 + number) * 14, 10 + 8 * Math.abs(Math.sin(seconds * 3)));
  }
  draw();
  setInterval(draw, 50);
  const picture = canvas.captureStream(20).getVideoTracks()[0];
  devices.getUserMedia = async (constraints) => {
    const stream = await original(constraints);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
      stream.addTrack(picture.clone());
    }
    return stream;
  };
}

/**
 * Looks at and listens to what a video plays for a while: pictures as means of the grid's cells and of the bar's places,
 * and the sound as samples. The sound is recorded and decoded rather than analysed live, because a browser on a machine without
 * a sound card does not run a live AudioContext.
 */
export async function perceive({ selector, pictures, gapMs, columns, rows, barSteps, strip, samplesPerSecond }) {
  const video = find(selector);
  if (video === null || video.srcObject === null) {
    return { pictures: [], sound: null, audible: false, why: `${selector} has no stream` };
  }
  const recording = record(video.srcObject.getAudioTracks());
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 180;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const seen = [];
  for (let i = 0; i < pictures; i++) {
    if (video.videoWidth > 0) {
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      seen.push(look(context));
    }
    await new Promise((resolve) => setTimeout(resolve, gapMs));
  }
  return {
    pictures: seen,
    sound: await recording.stop(),
    audible: !video.muted && video.volume > 0 && !video.paused,
    why: `${video.videoWidth}x${video.videoHeight}, ready state ${video.readyState}`,
  };

  function look() {
    const gridHeight = canvas.height * (1 - strip);
    const cellWidth = canvas.width / columns;
    const cellHeight = gridHeight / rows;
    const cells = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        cells.push(mean((column + 0.3) * cellWidth, (row + 0.3) * cellHeight, cellWidth * 0.4, cellHeight * 0.4));
      }
    }
    const stepWidth = canvas.width / barSteps;
    const bar = [];
    for (let step = 0; step < barSteps; step++) {
      const [r, g, b] = mean((step + 0.3) * stepWidth, gridHeight + 10, stepWidth * 0.4, canvas.height - gridHeight - 16);
      bar.push(Math.round((r + g + b) / 3));
    }
    return { cells, bar };
  }

  function mean(x, y, width, height) {
    const { data } = context.getImageData(x, y, Math.max(1, width), Math.max(1, height));
    const sums = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      sums[0] += data[i];
      sums[1] += data[i + 1];
      sums[2] += data[i + 2];
    }
    return sums.map((sum) => Math.round((sum * 4) / data.length));
  }

  function within(promise) {
    return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 5_000))]);
  }

  function record(tracks) {
    if (tracks.length === 0) {
      return { stop: () => null };
    }
    const recorder = new MediaRecorder(new MediaStream(tracks));
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    return {
      async stop() {
        const stopped = new Promise((resolve) => {
          recorder.onstop = resolve;
        });
        recorder.stop();
        // Firefox may owe both of these for ever; then there was no sound in this look, and the next one records anew.
        if (await within(stopped.then(() => true)) === undefined) return [];
        const bytes = await new Blob(parts).arrayBuffer();
        if (bytes.byteLength === 0) {
          return [];
        }
        // Decoding converts to the rate of the context.
        const decoder = new OfflineAudioContext(1, samplesPerSecond, samplesPerSecond);
        const decoded = await within(decoder.decodeAudioData(bytes).catch(() => undefined));
        return decoded === undefined ? [] : Array.from(decoded.getChannelData(0), (v) => Math.round(v * 32_767));
      },
    };
  }
}
