// A call between two browsers. The server carries four kinds of messages; everything else the browsers do among themselves.
//
//   A is in the room               server                B joins
//                       <- otherjoin      joined ->
//   offer               ---------------------------->    what A can send and receive, and A's keys
//                       <----------------------------    answer: the same of B
//   candidate           <--------------------------->    addresses under which each may be reached, as they are found
//   sound, picture, data channel <================>      directly, encrypted with keys the server does not have
import { t, translate } from './language.js';
import { openLog } from './log.js';
import { openMedia } from './media.js';
import { candidateInit, candidateMessage, kindOf, roomOf } from './messages.js';
import { Signaling } from './signaling.js';

const page = document.getElementById('page');
const roomField = document.getElementById('room');
const joinButton = document.getElementById('join');
const leaveButton = document.getElementById('leave');
const muteButton = document.getElementById('mute');
const cameraButton = document.getElementById('camera');
const localVideo = document.getElementById('local');
const remoteVideo = document.getElementById('remote');
const textField = document.getElementById('text');
const sendButton = document.getElementById('send');
const lines = document.getElementById('lines');
const mediaNote = document.getElementById('media-note');

const log = openLog();
let room = '';
let signaling; // the connection to the server, while there is one
let media = new MediaStream(); // our camera and microphone; empty without them
let connection; // the RTCPeerConnection to the other browser, while there is one
let channel; // its data channel
let status = { key: 'out', values: {} };
let note; // what is to say about camera and microphone

roomField.value = roomOf(location.search, String(Math.floor(Math.random() * 900_000) + 100_000));

// ---- joining and leaving ----

async function join() {
  room = roomField.value.trim();
  if (room === '') return say('noRoom');
  history.replaceState(null, '', `?room=${encodeURIComponent(room)}`); // so that the address can be given to the other one
  setState('joining', 'mediaAsk');

  // Camera and microphone first: the offer has to say what we will send. Without them we join all the same.
  const opened = await openMedia();
  if (page.dataset.state !== 'joining') {
    for (const track of opened.stream.getTracks()) track.stop(); // Leave was pressed while the browser asked
    return;
  }
  media = opened.stream;
  note = opened.note;
  showNote();
  localVideo.srcObject = media;
  showButtons();
  say('connecting');

  signaling = new Signaling(log, {
    connect: () => signaling.send('join', room), // again after each loss: a new connection is in no room
    joined: () => setState('joined', 'joined', { room }),
    otherjoin: () => attempt(offer), // who was here first makes the offer
    full: () => end('full', { room }),
    message: (_room, data) => attempt(() => received(data)),
    bye: () => {
      // Closed tab, reload, pulled cable: the server tells us, and we are ready for whoever comes next.
      hangUp();
      say('joined', { room });
    },
    leaved: () => end('left', { room }),
    disconnect: () => {
      // The server tells the other one `bye`, and that one hangs up.
      hangUp();
      setState('joining', 'lost');
    },
    closed: (text) => end('failed', { text }),
    failed: (text) => say('failed', { text }),
  });
}

function leave() {
  hangUp();
  // The server answers `leaved`, and that ends it; a server that is gone cannot answer.
  if (page.dataset.state === 'joined') signaling.send('leave', room);
  else end('out');
}

function end(key, values) {
  hangUp();
  signaling?.close();
  signaling = undefined;
  for (const track of media.getTracks()) track.stop(); // the camera's light goes out
  localVideo.srcObject = null;
  note = undefined;
  showNote();
  setState('out', key, values);
}

// ---- the call ----

/** A new connection to the other browser, with our tracks in it. */
function open() {
  hangUp();
  say('calling', { room });

  // Without iceServers the browsers try the addresses of their own networks: enough in one network. Socket.IO's script from Duet brings
  // the server's own STUN and TURN with the seat; another server's pages would name some here.
  connection = new RTCPeerConnection({ iceServers: window.duetIceServers ?? [] });
  for (const track of media.getTracks()) connection.addTrack(track, media);

  // Our addresses, one by one as they are found. The last event is empty: nothing more will come.
  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate) signaling.send('message', room, candidateMessage(candidate));
  });
  connection.addEventListener('track', ({ track, streams }) => {
    const stream = streams[0] ?? remoteVideo.srcObject ?? new MediaStream();
    if (!stream.getTracks().includes(track)) stream.addTrack(track);
    remoteVideo.srcObject = stream;
  });
  connection.addEventListener('connectionstatechange', ({ target }) => {
    if (target !== connection) return; // an older one, closed meanwhile
    page.dataset.call = target.connectionState;
    if (target.connectionState === 'connected') say('talking');
    if (target.connectionState === 'failed') say('iceFailed');
  });
  connection.addEventListener('datachannel', (event) => useChannel(event.channel));
}

async function offer() {
  open();
  useChannel(connection.createDataChannel('chat'));
  // Without a camera or microphone of our own there is no track that asks for the other's: say that we want them.
  for (const kind of ['audio', 'video']) {
    if (!media.getTracks().some((track) => track.kind === kind)) connection.addTransceiver(kind, { direction: 'recvonly' });
  }
  await describe(await connection.createOffer());
}

/** Keeps our description, which starts the search for candidates, and sends it. */
async function describe(description) {
  await connection.setLocalDescription(description);
  signaling.send('message', room, { type: description.type, sdp: description.sdp });
}

async function received(data) {
  switch (kindOf(data)) {
    case 'offer':
      // A first offer opens the connection; another one changes what is there.
      if (connection === undefined) open();
      await connection.setRemoteDescription(data);
      await describe(await connection.createAnswer());
      break;
    case 'answer':
      await connection?.setRemoteDescription(data);
      break;
    case 'candidate':
      // It may come while the description before it is still being read; the browser keeps the order.
      await connection?.addIceCandidate(candidateInit(data));
      break;
    default: // Somebody else's page may send more than this one knows.
  }
}

/** Does a step of the call. It fails when the call is over meanwhile, or when this browser cannot take what the other one sent. */
function attempt(step) {
  step().catch((error) => log('note', 'error', [String(error)]));
}

function hangUp() {
  channel?.close();
  connection?.close();
  channel = connection = undefined;
  remoteVideo.srcObject = null;
  delete page.dataset.call;
  showChannel();
}

// ---- the data channel ----

function useChannel(opened) {
  channel = opened;
  channel.addEventListener('open', showChannel);
  channel.addEventListener('close', showChannel);
  channel.addEventListener('message', ({ data }) => addLine('theirs', String(data)));
}

function showChannel() {
  textField.disabled = sendButton.disabled = channel?.readyState !== 'open';
}

function send() {
  const text = textField.value;
  if (text.trim() === '' || channel?.readyState !== 'open') return;
  channel.send(text);
  addLine('mine', text);
  textField.value = '';
}

function addLine(kind, text) {
  const line = document.createElement('li');
  line.className = kind;
  line.textContent = text;
  lines.append(line);
  lines.scrollTop = lines.scrollHeight;
}

// ---- the page ----

function setState(state, key, values) {
  page.dataset.state = state; // out, joining, joined: the style sheet and the tests look at it
  roomField.disabled = joinButton.disabled = state !== 'out';
  leaveButton.disabled = state === 'out';
  showButtons();
  say(key, values);
}

function say(key, values = {}) {
  status = { key, values };
  document.getElementById('status').textContent = t(key, values);
}

function showNote() {
  mediaNote.hidden = note === undefined;
  if (note !== undefined) mediaNote.textContent = t(note.key, note.values);
}

/** A track that is not enabled sends silence or black; nothing has to be negotiated. */
function toggle(kind) {
  for (const track of media.getTracks()) if (track.kind === kind) track.enabled = !track.enabled;
  showButtons();
}

function showButtons() {
  const isOut = page.dataset.state === 'out';
  const [sound] = media.getAudioTracks();
  const [picture] = media.getVideoTracks();
  muteButton.disabled = isOut || sound === undefined;
  cameraButton.disabled = isOut || picture === undefined;
  muteButton.textContent = t(sound?.enabled === false ? 'unmute' : 'mute');
  cameraButton.textContent = t(picture?.enabled === false ? 'cameraOn' : 'cameraOff');
}

document.getElementById('door').addEventListener('submit', (event) => {
  event.preventDefault();
  void join();
});
document.getElementById('writing').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
leaveButton.addEventListener('click', leave);
muteButton.addEventListener('click', () => toggle('audio'));
cameraButton.addEventListener('click', () => toggle('video'));
translate(() => {
  say(status.key, status.values);
  showNote();
  showButtons();
});
setState('out', 'out');
showChannel();
