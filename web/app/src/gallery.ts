/**
 * Draws the page in any of its states from made-up data. The address chooses: `gallery.html#connected?theme=dark&lang=zh`, also
 * while the page is open.
 */
import { nothing, render } from 'lit';
import type { Actions } from './actions.ts';
import { browserOf } from './browser.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Facts, Features } from './capabilities.ts';
import { BO, CHAT, FILES, madeUpCall, madeUpRoom, SAMPLES } from './made-up.ts';
import type { EchoState } from './sdk.ts';
import { settingsFrom } from './settings.ts';
import style from './styles/duet-call.css';
import gridStyle from './styles/grid.css';
import { en } from './text/en.ts';
import { zh } from './text/zh.ts';
import { FRESH_UI, isGrid } from './view-model.ts';
import type { CallData, Model, Ui } from './view-model.ts';
import { chat } from './views/chat.ts';
import { details } from './views/details.ts';
import { echoView } from './views/echo.ts';
import { shell } from './views/shell.ts';
import { speakers } from './views/speakers.ts';

const ALL: Features = {
  lobby: true,
  devices: true,
  screen: true,
  chat: true,
  files: true,
  recording: true,
  quality: true,
  safety: true,
};

/** A drawn person in a drawn room, in place of a camera. */
function portrait(wall: string, top: string, skin: string, hair: string): MediaStream {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1280, 720];
  const c = canvas.getContext('2d') as CanvasRenderingContext2D;
  const disc = (colour: string, x: number, y: number, rx: number, ry: number) => {
    c.fillStyle = colour;
    c.beginPath();
    c.ellipse(x, y, rx, ry, 0, 0, 7);
    c.fill();
  };
  const draw = () => {
    const light = c.createLinearGradient(0, 0, 1280, 720);
    light.addColorStop(0, wall);
    light.addColorStop(1, '#6d7f86');
    c.fillStyle = light;
    c.fillRect(0, 0, 1280, 720);
    c.fillStyle = '#ffffff59';
    c.fillRect(120, 80, 250, 340);
    c.fillStyle = '#bfe3f2aa';
    c.fillRect(136, 96, 218, 308);
    disc('#3f7a56', 1120, 420, 90, 150);
    disc('#5d9a70', 1180, 470, 70, 110);
    disc(hair, 640, 330, 160, 190);
    disc(top, 640, 820, 330, 300);
    c.fillStyle = skin;
    c.fillRect(586, 440, 108, 110);
    disc(skin, 640, 350, 124, 152);
    disc(hair, 640, 236, 132, 76);
    for (const side of [-48, 48]) disc('#2b1d16', 640 + side, 340, 10, 12);
    disc('#a5463c', 640, 424, 40, 14);
  };
  draw();
  window.setInterval(draw, 200);
  return canvas.captureStream(5);
}

const remote = portrait('#f1d9ba', '#2f6f62', '#e8b48c', '#3b2a24');
const own = portrait('#c5d6e6', '#d9673f', '#c98d65', '#20242b');
const ownTrack = own.getVideoTracks()[0] ?? null;
const base = madeUpCall(remote);
const seen: CallData = {
  ...base,
  camera: { state: { state: 'on' }, track: ownTrack, canFlip: true },
  mic: { state: { state: 'on' }, track: ownTrack, level: 0.4, deviceId: 'm1' },
};
const JOINED = { state: 'joined' } as const;
const nobody: CallData = { ...seen, state: { name: 'waiting', server: JOINED }, other: { state: 'none' } };
const here = [{ id: BO.id, order: BO.order, state: BO.state }];
const lobby: CallData = { ...seen, state: { name: 'lobby', here, full: false, server: JOINED } };
const denied = { state: { state: 'missing', code: 'permission-denied' }, track: null } as const;
const away = { state: 'away', participant: BO, reason: 'connection-lost', untilMs: 18_000, seatGone: false } as const;
const unreachable = { state: 'lost', why: 'unreachable' } as const;

const CLEO = portrait('#d6c8e8', '#8a3f5f', '#7c4a32', '#17110e');
const DI = portrait('#cfe0c4', '#2d4d86', '#f0c6a0', '#1d1a1c');
const three = madeUpRoom(seen, [{ remote }, { remote: CLEO }]);
const four = madeUpRoom(seen, [{ remote }, { remote: CLEO }, { remote: DI }]);
const broken = { state: { name: 'reconnecting', server: JOINED, mediaFlows: false } } as const;
const troubled = madeUpRoom(seen, [
  { remote, remoteMedia: { microphone: false, camera: true } },
  { remote: CLEO, ...broken, other: { ...away, reason: 'connection-lost', participant: { ...BO, name: 'Cleo' } } },
  { remote: DI, remoteMedia: { microphone: false, camera: false } },
]);
const SHARED = portrait('#ffffff', '#eeeeee', '#dddddd', '#bbbbbb');

const OFF = { state: { state: 'off' }, track: null } as const;
const CALLS: Readonly<Record<string, CallData | undefined>> = {
  start: undefined,
  insecure: undefined,
  wechat: undefined,
  'start-settings': undefined,
  lobby,
  'lobby-ask': { ...lobby, camera: { ...OFF, canFlip: false }, mic: { ...OFF, level: 0 } },
  'lobby-denied': { ...lobby, camera: { ...denied, canFlip: false }, mic: { ...denied, level: 0 } },
  'lobby-echo-trying': lobby,
  'lobby-echo': lobby,
  'lobby-echo-poor': lobby,
  'lobby-echo-failed': lobby,
  waiting: nobody,
  'waiting-visited': { ...nobody, state: { name: 'waiting', server: JOINED, visitors: 1 } },
  departed: { ...nobody, other: { state: 'none', departed: { name: 'Bo', reason: 'left' } } },
  unreachable: { ...nobody, state: { name: 'waiting', server: unreachable } },
  connecting: { ...seen, state: { name: 'connecting', server: JOINED }, remote: new MediaStream() },
  connected: seen,
  menu: seen,
  calm: seen,
  swapped: seen,
  chat: { ...seen, chat: CHAT, files: FILES },
  'chat-empty': seen,
  unread: { ...seen, chat: CHAT },
  details: seen,
  safety: seen,
  settings: seen,
  keys: seen,
  screen: { ...seen, remoteScreen: portrait('#ffffff', '#eeeeee', '#dddddd', '#bbbbbb') },
  consent: { ...seen, recording: 'asked' },
  recording: { ...seen, recording: 'here' },
  'camera-off': { ...seen, remoteMedia: { microphone: false, camera: false } },
  muted: { ...seen, mic: { ...seen.mic, state: { state: 'off' } }, camera: { ...OFF, canFlip: false } },
  three,
  four,
  'four-calm': four,
  'four-troubled': troubled,
  'three-screen': madeUpRoom(seen, [{ remote, remoteScreen: SHARED }, { remote: CLEO }]),
  'four-screen': madeUpRoom(seen, [{ remote, remoteScreen: SHARED }, { remote: CLEO }, { remote: DI }]),
  'three-menu': three,
  'four-safety': four,
  'four-details': four,
  'four-chat': {
    ...four,
    chat: CHAT.map((one, i) => (one.from === 'you' ? one : { ...one, name: i > 0 ? '小迪' : 'Bo' })),
  },
  reconnecting: { ...seen, state: { name: 'reconnecting', server: { state: 'lost' }, mediaFlows: true },
    quality: { here: { bars: 1 } } },
  away: { ...seen, other: away, quality: { here: { bars: 0 } } },
  left: { ...seen, state: { name: 'ended', reason: 'left' } },
  full: { ...seen, state: { name: 'ended', reason: 'full' } },
  refused: {
    ...seen,
    state: { name: 'ended', reason: 'refused',
      error: { code: 'anonymous-refused', message: 'Start it with --anonymous' } },
  },
};
const UIS: Readonly<Record<string, Partial<Ui>>> = {
  'start-settings': { panel: 'settings' },
  menu: { menu: true },
  calm: { calm: true },
  swapped: { swapped: true, corner: 'top-left' },
  chat: { panel: 'chat', draft: '' },
  'chat-empty': { panel: 'chat' },
  details: { panel: 'details' },
  safety: { panel: 'safety' },
  settings: { panel: 'settings' },
  keys: { panel: 'keys' },
  muted: { mutedSpeaking: true },
  'four-calm': { calm: true },
  'three-menu': { menu: true },
  'four-safety': { panel: 'safety' },
  'four-details': { panel: 'details' },
  'four-chat': { panel: 'chat' },
};

/** What is said of the other of two is said of who is there. */
function shown(call: CallData | undefined): CallData | undefined {
  return call === undefined || isGrid(call) ? call : { ...call, others: call.other.state === 'none' ? [] : [call] };
}

const device = (kind: MediaDeviceKind, deviceId: string, label: string) =>
  ({ kind, deviceId, label, groupId: '' }) as MediaDeviceInfo;
const ECHOES: Readonly<Record<string, EchoState | undefined>> = {
  'lobby-echo-trying': { state: 'trying', over: 'udp' },
  'lobby-echo': { state: 'back', over: 'udp', roundTripMs: 38, lost: 0 },
  'lobby-echo-poor': { state: 'back', over: 'tls', roundTripMs: 412, lost: 0.081 },
  'lobby-echo-failed': { state: 'failed', why: 'not-reached' },
};
const DEVICES = [
  device('audioinput', 'm1', 'Built-in microphone'),
  device('audioinput', 'm2', 'Headset'),
  device('videoinput', 'c1', 'FaceTime HD Camera'),
  device('audiooutput', 'default', 'Built-in speakers'),
  device('audiooutput', 's2', 'Headset'),
];

/** What the address asks for. */
function modelOf(address: string): Model {
  const [state = 'start', query = ''] = decodeURIComponent(address).split('?');
  const asked = new URLSearchParams(query);
  const agent = state === 'wechat' ? `${navigator.userAgent} MicroMessenger/8` : navigator.userAgent;
  const browser = { ...browserOf(agent), phone: window.innerWidth < 600 };
  const facts: Facts = {
    secure: true,
    webrtc: true,
    displayMedia: true,
    enumerate: true,
    pictureInPicture: true,
    fullscreen: true,
    share: browser.phone,
    notifications: true,
    recorder: true,
    sinks: true,
    coarse: browser.phone,
  };
  const settings = settingsFrom((key) => asked.get(key === 'language' ? 'lang' : key) ?? undefined, ['en']);
  const call = shown(CALLS[state]);
  return {
    t: { en, zh }[settings.language],
    settings,
    dark: settings.theme === 'dark',
    browser,
    can: capabilitiesOf(ALL, facts, browser),
    secure: state !== 'insecure',
    damaged: false,
    loaded: true,
    call,
    link: 'https://192.168.1.20:8443/#k3v7q2hzxw5ncmr4ptd6j',
    devices: DEVICES,
    ...(call?.state.name === 'connected' ? { path: { relayed: 'no' } } : {}),
    stats: { samples: SAMPLES, path: { relayed: 'no' }, codecs: { audio: 'Opus', video: 'VP9' } },
    ui: { ...FRESH_UI, ...UIS[state] },
    later: { chat, details, speakers },
    ...(ECHOES[state] === undefined ? {} : { echo: { state: ECHOES[state], stream: own, draw: echoView } }),
    nowMs: 0,
    ...(['connected', 'reconnecting'].includes(call?.state.name ?? '') ? { connectedAtMs: -754_000 } : {}),
  };
}

const nothingHappens = new Proxy({}, { get: () => () => undefined }) as Actions;
const host = document.createElement('div');
document.body.style.margin = '0';
document.body.append(host);
const root = host.attachShadow({ mode: 'open' });
const sheet = new CSSStyleSheet();
sheet.replaceSync(style + gridStyle);
root.adoptedStyleSheets = [sheet];

function draw(): void {
  const model = modelOf(location.hash.slice(1));
  host.toggleAttribute('dark', model.dark);
  // Afresh: nothing of the state before is kept, neither what is written nor how far it is scrolled.
  render(nothing, root);
  render(shell(model, nothingHappens), root);
  for (const video of root.querySelectorAll('video')) {
    // Nobody has clicked.
    video.muted = true;
    void video.play().catch(() => undefined);
  }
}

window.addEventListener('hashchange', draw);
draw();
Object.assign(window, { states: Object.keys(CALLS) });
