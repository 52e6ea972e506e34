// Somebody who keeps to nothing, in a browser: functions whose source is run inside a page. `attack` is there for the strategies, which say
// what the protocol has, and had, in orders of their own, to see, hear or find somebody who has not agreed to it.

/* global attack, document, location, RTCPeerConnection, setTimeout, WebSocket, window */

/** Makes `attack` in the page, in this room. */
export function installAttack(room) {
  const heard = [];
  const ends = [];
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  let socket;

  const open = () => new Promise((resolve, reject) => {
    socket = new WebSocket(`wss://${location.host}/ws`, 'duet.v1');
    socket.onopen = resolve;
    socket.onerror = reject;
    socket.onmessage = ({ data }) => heard.push({ at: heard.length, text: data, ...JSON.parse(data) });
  });
  const say = (message) => socket.readyState === 1 && socket.send(JSON.stringify(message));

  /** The next message of this type after the one before it, or nothing. */
  const next = async (type, since = 0, ms = 4_000) => {
    for (let waited = 0; waited < ms; waited += 20) {
      const message = heard.slice(since).find((one) => one.type === type);
      if (message) {
        return message;
      }
      await pause(20);
    }
    return undefined;
  };

  const servers = () => heard.flatMap((message) => message.iceServers ?? []).slice(-2);
  const make = (more) => {
    const pc = new RTCPeerConnection({ iceServers: servers(), bundlePolicy: 'max-bundle', ...more });
    const end = { pc, texts: [] };
    ends.push(end);
    pc.oniceconnectionstatechange = () => { end.ice = pc.iceConnectionState; };
    end.channel = pc.createDataChannel('duet', { negotiated: true, id: 0 });
    end.channel.onmessage = ({ data }) => end.texts.push(data);
    return end;
  };
  const whole = async (pc) => {
    for (let waited = 0; waited < 2_000 && pc.iceGatheringState !== 'complete'; waited += 20) {
      await pause(20);
    }
    const { type, sdp } = pc.localDescription;
    return { type, sdp, turn: 1, ...(type === 'answer' ? { answers: 1 } : {}) };
  };
  const moving = () => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    window.setInterval(() => context.fillRect(Math.random() * 90, 0, 9, 9), 100);
    return canvas.captureStream(10).getTracks()[0];
  };

  window.attack = {
    room, heard, pause, say, next, open,

    /** Looks in, and gives what it is shown: the standing offer, and where it can be had that of a connection. */
    async look() {
      const since = heard.length;
      say({ type: 'look', id: 0, room, preconnect: true });
      const looked = await next('looked', since);
      const offered = await next('offered', since, 3_000);
      return { looked, offered };
    },

    /** An answer to an offer, which asks for all there is and gives nothing but what `sends` says. */
    async answer({ sdp }, { sends = false, ...more } = {}) {
      const end = make(more);
      await end.pc.setRemoteDescription({ type: 'offer', sdp });
      for (const transceiver of end.pc.getTransceivers()) {
        transceiver.direction = sends ? 'sendrecv' : 'recvonly';
        if (sends && transceiver.receiver.track.kind === 'video') {
          await transceiver.sender.replaceTrack(moving());
        }
      }
      await end.pc.setLocalDescription();
      return { ...end, description: await whole(end.pc) };
    },

    async offer(more = {}) {
      const end = make(more);
      end.pc.addTransceiver('audio', { direction: 'sendrecv' });
      end.pc.addTransceiver(moving(), { direction: 'sendrecv' });
      await end.pc.setLocalDescription();
      return { ...end, description: await whole(end.pc) };
    },

    /** Everything that could be said over a channel, as soon as it is open. */
    async overTheChannel({ channel }, ...messages) {
      for (let waited = 0; waited < 4_000 && channel.readyState !== 'open'; waited += 20) {
        await pause(20);
      }
      if (channel.readyState === 'open') {
        messages.forEach((message) => channel.send(JSON.stringify(message)));
      }
      return channel.readyState === 'open';
    },

    /** In other words than the server looks for. */
    hidden({ type, sdp, ...more }) {
      return { ...more, type, sdp: sdp.replaceAll(' typ host', ' typ  host').replaceAll(' typ srflx', ' typ  srflx') };
    },

    /** As a page says it that keeps to the rules. */
    relayed({ sdp, ...more }) {
      const lines = sdp.split('\r\n').filter((line) => !/^a=candidate:.* typ (?!relay)/.test(line));
      const text = lines.join('\r\n').replace(/^c=IN .*$/gm, 'c=IN IP4 0.0.0.0').replace(/^a=rtcp:.*$/gm, 'a=rtcp:9 IN IP4 0.0.0.0');
      return { ...more, sdp: text.replace(/ raddr \S+ rport \d+/g, ' raddr 0.0.0.0 rport 9') };
    },

    /** So that the server takes it, and with candidates apart, as it was said once. */
    reply({ offer }, { description }) {
      say({ type: 'answer', offer, description: attack.relayed(description) });
      const [, candidate] = /^a=(candidate:.*)$/m.exec(description.sdp) ?? [];
      say({ type: 'answer', offer, candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
    },

    /** What it has learnt. */
    async report() {
      const addresses = new Set();
      let packets = 0;
      let connected = 0;
      const texts = heard.map(({ text }) => text);
      for (const { pc, ice, texts: said } of ends) {
        texts.push(...said);
        connected += ['connected', 'completed'].includes(ice) ? 1 : 0;
        for (const one of (await pc.getStats()).values()) {
          if (one.type === 'remote-candidate' && one.address) {
            addresses.add(one.address);
          }
          packets += one.type === 'inbound-rtp' ? one.packetsReceived ?? 0 : 0;
        }
      }
      for (const [, address] of texts.join('\n').matchAll(/candidate:\S+ \d \w+ \d+ (\S+) \d+ typ/g)) {
        addresses.add(address);
      }
      for (const [, address] of texts.join('\n').matchAll(/c=IN IP[46] ([\w.:]+)/g)) {
        addresses.add(address);
      }
      const said = ends.flatMap(({ texts: all }) => all).filter((text) => !text.includes('"named"'));
      const errors = heard.filter(({ type }) => type === 'error').map(({ code }) => code);
      return { packets, connected, addresses: [...addresses], said, errors, types: heard.map(({ type }) => type) };
    },
  };
}

/** What is said over a channel to somebody who should not listen. */
const WORDS = [
  { type: 'here' }, { type: 'named', heard: false }, { type: 'named', heard: true },
  { type: 'chat', id: 'c1', text: 'hello', atMs: 1 }, { type: 'app', id: 'a1', value: 1 },
  { type: 'recording', step: 'ask', id: 'q' }, { type: 'recording', step: 'agree', id: 'q' },
  { type: 'safety', step: 'commit', bytes: '00'.repeat(32) },
];

/**
 * Against somebody who waits. None of them takes a seat. A server shows the offer of a connection, or, as one once did, only one that stands
 * in the room: whichever it is, it is answered.
 */
export const AGAINST_WHO_WAITS = {
  'answers, and says that it is here': async (words) => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description);
    attack.reply(shown, end);
    await attack.overTheChannel(end, ...words);
  },
  'answers the standing offer': async (words) => {
    const { looked } = await attack.look();
    const end = await attack.answer(looked.description);
    attack.reply(looked, end);
    await attack.overTheChannel(end, ...words);
  },
  'answers with addresses of its own, openly': async (words) => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description);
    attack.say({ type: 'answer', offer: shown.offer, direct: true, description: end.description });
    await attack.overTheChannel(end, ...words);
  },
  'answers with addresses of its own, hidden': async (words) => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description);
    attack.say({ type: 'answer', offer: shown.offer, description: attack.hidden(end.description) });
    await attack.overTheChannel(end, ...words);
  },
  'sends pictures to be answered with some': async (words) => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description, { sends: true });
    attack.reply(shown, end);
    await attack.overTheChannel(end, ...words);
  },
  'offers another connection over the channel': async () => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description);
    attack.reply(shown, end);
    const other = await attack.offer();
    await attack.overTheChannel(end, { type: 'here' }, { type: 'signal', body: { description: other.description } });
    await attack.pause(1_000);
    const answer = end.texts.map((text) => JSON.parse(text).body?.description).find((one) => one?.type === 'answer');
    if (answer) {
      await other.pc.setRemoteDescription(answer);
    }
    const lite = `${other.description.sdp.replace('a=setup:actpass', 'a=setup:active')}`.replace('t=0 0', 't=0 0\r\na=ice-lite');
    const tried = [{ type: 'offer', sdp: lite }, { ...other.description, type: 'answer' }];
    await attack.overTheChannel(end, ...tried.map((description) => ({ type: 'signal', body: { description } })));
  },
  'names candidates over the channel': async () => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description);
    attack.reply(shown, end);
    const all = [...(await attack.offer()).description.sdp.matchAll(/^a=(candidate:.*)$/gm)].map(([, candidate]) => candidate);
    await attack.overTheChannel(end, { type: 'here' }, ...all.map((candidate) => (
      { type: 'signal', body: { candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } } })));
  },
  'answers twice': async () => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    for (let i = 0; i < 2; i++) {
      const end = await attack.answer(shown.description);
      attack.reply(shown, end);
    }
  },
  'answers what was offered to another look': async () => {
    const before = await attack.look();
    attack.say({ type: 'leave' });
    await attack.open();
    const { offered, looked } = await attack.look();
    const standing = before.looked;
    for (const shown of [before.offered ?? standing, offered ?? (looked.description ? looked : standing)]) {
      const end = await attack.answer(shown.description);
      for (let offer = shown.offer - 1; offer < shown.offer + 3; offer++) {
        attack.reply({ offer }, end);
      }
    }
  },
  'comes and goes': async (words) => {
    for (let i = 0; i < 12; i++) {
      attack.say({ type: 'look', id: 0, room: attack.room, preconnect: true });
      await attack.pause(150);
      attack.say({ type: 'leave' });
    }
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description);
    attack.reply(shown, end);
    await attack.overTheChannel(end, ...words);
  },
  'says without a seat what only participants say': async () => {
    const { looked } = await attack.look();
    const to = looked.participants[0].id;
    const { description } = await attack.offer();
    for (const body of [{ description }, { candidate: null }, { data: { restart: true } }]) {
      attack.say({ type: 'signal', id: 5, to, epoch: 1, seq: 1, ...body });
    }
    attack.say({ type: 'park', description });
    attack.say({ type: 'offer', offer: looked.offer, description });
    attack.say({ type: 'ack', participant: to, epoch: 1, seq: 1 });
    attack.say({ type: 'ice-servers', id: 6 });
  },
  'opens channels for files': async () => {
    const { looked, offered } = await attack.look();
    const shown = offered ?? looked;
    const end = await attack.answer(shown.description);
    const file = end.pc.createDataChannel('duet-file');
    file.onopen = () => file.send(JSON.stringify({ name: 'x', size: 1, type: 'text/plain' }));
    attack.reply(shown, end);
    await attack.overTheChannel(end, { type: 'here' });
  },
  'asks to claim what it has not answered, and goes before the seat': async () => {
    const { looked, offered } = await attack.look();
    for (const shown of [offered, looked].filter(Boolean)) {
      const end = await attack.answer(shown.description);
      attack.reply(shown, end);
    }
    // A name that no room takes, so that the join comes to nothing.
    attack.say({ type: 'join', id: 1, room: '', offer: looked.offer });
    attack.say({ type: 'join', id: 1, room: attack.room, token: 'none', offer: looked.offer });
  },
};

/** Against somebody who looks in and never clicks; these wait. */
export const AGAINST_WHO_LOOKS = {
  'shows addresses in its standing offer, hidden': async () => {
    const { description } = await attack.offer();
    attack.say({ type: 'park', description: attack.hidden(description) });
    attack.say({ type: 'park', description });
  },
  'offers a connection with addresses in it': async (words) => {
    const looking = await attack.next('looking', 0, 8_000);
    const end = await attack.offer();
    const { type, sdp } = end.description;
    attack.say({ type: 'offer', offer: looking?.offer ?? 1, direct: true, description: { type, sdp } });
    attack.say({ type: 'park', description: { type, sdp } });
    const answered = await attack.next('answered', 0, 6_000);
    if (answered) {
      await end.pc.setRemoteDescription(answered.description);
    }
    await attack.overTheChannel(end, ...words);
  },
  'offers another connection over the channel': async () => {
    const looking = await attack.next('looking', 0, 8_000);
    const end = await attack.offer();
    attack.say({ type: 'offer', offer: looking?.offer ?? 1, direct: true, description: end.description });
    attack.say({ type: 'park', description: end.description });
    const answered = await attack.next('answered', 0, 6_000);
    if (answered) {
      await end.pc.setRemoteDescription(answered.description);
    }
    const { description } = await attack.offer();
    await attack.overTheChannel(end, { type: 'named', heard: false }, { type: 'signal', body: { description } });
  },
  'offers again and again': async () => {
    const looking = await attack.next('looking', 0, 8_000);
    for (let i = 0; i < 5; i++) {
      const { description } = await attack.offer();
      attack.say({ type: 'offer', offer: (looking?.offer ?? 1) + i, direct: true, description });
      attack.say({ type: 'park', description });
    }
  },
};

export { WORDS };
