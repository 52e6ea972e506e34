// The two ends of somebody who sits between: a page that is the other side to both, with a connection to each, and hands on what it
// sees and hears. What the two say about their safety code goes through one of the STRATEGIES. The source of `middle` is run in a
// page of its own.

/** What becomes of the exchange; with `none` nobody sits between. */
export const STRATEGIES = [
  'forward', 'alter-commit', 'alter-nonce', 'alter-reveal', 'late', 'too-late', 'swallow', 'twice', 'reflect', 'own', 'own-late', 'grind',
];

/* global Audio, MediaStream, RTCPeerConnection, TextEncoder, WebSocket, crypto, setTimeout */

export function middle(control) {
  const CHANNEL = { negotiated: true, id: 0, ordered: true };
  const KINDS = ['audio', 'video'];
  let strategy = 'forward';
  let pair;
  const seen = [];
  const players = [];

  const operations = {
    begin({ strategy: chosen }) {
      pair?.ends.forEach(({ pc }) => pc.close());
      pair = undefined;
      strategy = chosen;
      seen.length = 0;
    },

    /** What one of the two describes: gives the description that the other one gets in its place. */
    async description({ who, type, sdp }) {
      const of = fingerprint(sdp);
      // What is said twice is the same the second time.
      const said = pair?.said.get(sdp);
      if (said !== undefined) return said;
      if (!pair?.ends.some((one) => one.of === of || (type === 'answer' && one.of === undefined))) begun(who, of);
      const here = pair.ends.find((one) => one.of === of) ?? pair.ends[1];
      Object.assign(here, { who, of });
      const there = pair.ends.find((one) => one !== here);
      await here.pc.setRemoteDescription({ type, sdp });
      if (here.pc.getTransceivers().some(({ direction }) => direction !== 'sendrecv')) await passOn(here, there);
      const restarts = type === 'offer' && there.heard !== undefined && fragment(sdp) !== here.heard;
      here.heard = fragment(sdp);
      if (restarts) there.pc.restartIce();
      await there.pc.setLocalDescription();
      const told = await gathered(there);
      pair.said.set(sdp, told);
      return told;
    },

    async candidate({ who, candidate }) {
      await pair?.ends.find((one) => one.who === who)?.pc.addIceCandidate(candidate).catch(() => undefined);
    },

    /** What of the exchange has come from each of the two. */
    seen: () => seen,
  };

  /** Two ends for a new connection of who offers. */
  function begun(who, of) {
    pair?.ends.forEach(({ pc }) => pc.close());
    pair = { ends: [end(), end()], said: new Map() };
    const [near, far] = pair.ends;
    Object.assign(near, { who, of });
    near.channel = open(near, far);
    KINDS.forEach((kind) => far.pc.addTransceiver(kind));
    far.channel = open(far, near);
  }

  /** Sound and pictures of each are for the other. */
  async function passOn(near, far) {
    for (const one of near.pc.getTransceivers()) {
      const other = far.pc.getTransceivers().find(({ receiver }) => receiver.track.kind === one.receiver.track.kind);
      one.direction = 'sendrecv';
      [one, other].forEach(({ receiver }) => listen(receiver.track));
      await other.sender.replaceTrack(one.receiver.track);
      await one.sender.replaceTrack(other.receiver.track);
    }
  }

  /** Chromium hands sound on only where somebody listens. */
  function listen(track) {
    const player = new Audio();
    player.srcObject = new MediaStream([track]);
    player.muted = true;
    void player.play().catch(() => undefined);
    players.push(player);
  }

  const end = () => ({ pc: new RTCPeerConnection({ bundlePolicy: 'max-bundle' }), waiting: [] });

  async function gathered(one) {
    if (one.pc.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        one.pc.onicegatheringstatechange = () => one.pc.iceGatheringState === 'complete' && resolve();
      });
    }
    const { sdp } = one.pc.localDescription;
    one.own = fingerprint(sdp);
    return sdp;
  }

  function open(one, other) {
    const channel = one.pc.createDataChannel('duet', CHANNEL);
    one.say = (text) => (channel.readyState === 'open' ? channel.send(text) : one.waiting.push(text));
    channel.onopen = () => one.waiting.splice(0).forEach((text) => channel.send(text));
    channel.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type !== 'safety') {
        other.say(data);
        return;
      }
      seen.push({ from: pair.ends.indexOf(one), step: message.step });
      void exchanged(one, other, message);
    };
    return channel;
  }

  /** Of the exchange between the two: one of them has said this to who sits between. */
  async function exchanged(from, to, message) {
    const { step, bytes } = message;
    const say = (end, said, what) => end.say(JSON.stringify({ type: 'safety', step: said, bytes: what }));
    switch (strategy) {
      case 'forward':
        return say(to, step, bytes);
      case 'alter-commit':
      case 'alter-nonce':
      case 'alter-reveal':
        return say(to, step, strategy.endsWith(step) ? altered(bytes) : bytes);
      case 'late':
      case 'too-late':
        if (step === 'commit') await pause(strategy === 'late' ? 4_000 : 17_000);
        return say(to, step, bytes);
      case 'swallow':
        return step === 'reveal' ? undefined : say(to, step, bytes);
      case 'twice':
        say(to, step, bytes);
        return say(to, step, bytes);
      case 'reflect':
        return say(from, step, bytes);
      default:
        return own(from, to, message, say);
    }
  }

  /** With numbers of its own: second to who commits, first to the other. */
  async function own(from, to, { step, bytes }, say) {
    const commitment = (end, nonce) => hash('commit', end.own, end.of, nonce);
    if (step === 'commit') {
      from.nonce = random();
      to.nonce = random();
      say(from, 'nonce', from.nonce);
      if (strategy === 'own') say(to, 'commit', await commitment(to, to.nonce));
    } else if (step === 'reveal') {
      from.code = await hash('code', from.of, from.own, bytes, from.nonce);
      // Only now, when the code of one side is known, it commits to the other.
      if (strategy !== 'own') say(to, 'commit', await commitment(to, to.nonce));
    } else {
      say(from, 'reveal', strategy === 'grind' ? await similar(from, to.code, bytes) : from.nonce);
    }
  }

  /** A number that makes the first 12 bits of both codes the same. */
  async function similar(end, wanted, theirs) {
    for (;;) {
      const nonce = random();
      if ((await hash('code', end.own, end.of, nonce, theirs)).startsWith(wanted.slice(0, 3))) return nonce;
    }
  }

  const fingerprint = (sdp) => {
    const [, name, bytes] = /a=fingerprint:(\S+) (\S+)/.exec(sdp);
    return `${name.toLowerCase()} ${bytes.toUpperCase()}`;
  };
  const fragment = (sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)[1];
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const random = () => hex(crypto.getRandomValues(new Uint8Array(32)));
  const altered = (text) => text.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const hash = async (...parts) =>
    hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(['duet safety 1', ...parts]))));

  const socket = new WebSocket(control);
  socket.onmessage = async ({ data }) => {
    const { id, op, ...arguments_ } = JSON.parse(data);
    try {
      const result = await operations[op](arguments_);
      socket.send(JSON.stringify({ id, result }));
    } catch (error) {
      socket.send(JSON.stringify({ id, error: String(error) }));
    }
  };
}
