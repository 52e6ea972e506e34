// A text chat over signaling alone: what is written goes to the server, and the server gives it to the other one in the room.
import { t, translate } from './language.js';
import { openLog } from './log.js';
import { chatLine, readChatLine, roomOf } from './messages.js';
import { Signaling } from './signaling.js';

const page = document.getElementById('page');
const nameField = document.getElementById('name');
const roomField = document.getElementById('room');
const joinButton = document.getElementById('join');
const leaveButton = document.getElementById('leave');
const textField = document.getElementById('text');
const sendButton = document.getElementById('send');
const lines = document.getElementById('lines');

const log = openLog();
let signaling; // the connection to the server, while there is one
let status = { key: 'out', values: {} };

roomField.value = roomOf(location.search, '111111');
nameField.value = `guest${Math.floor(Math.random() * 900) + 100}`;

// ---- joining and leaving ----

function join() {
  const room = roomField.value.trim();
  if (room === '') return say('noRoom');
  setState('joining', 'connecting');

  signaling = new Signaling(log, {
    connect: () => signaling.send('join', room), // again after each loss: a new connection is in no room
    joined: () => setState('joined', 'joined', { room }),
    otherjoin: () => {
      say('together', { room });
      addNote('came');
    },
    full: () => end('full', { room }),
    message: (_room, data) => {
      const { name, text } = readChatLine(String(data));
      addLine('theirs', name, text);
    },
    bye: () => {
      say('joined', { room });
      addNote('went');
    },
    leaved: () => end('left', { room }),
    disconnect: () => setState('joining', 'lost'),
    closed: (text) => end('failed', { text }),
    failed: (text) => say('failed', { text }),
  });
}

function leave() {
  // The server answers `leaved`, and that ends it; a server that is gone cannot answer.
  if (page.dataset.state === 'joined') signaling.send('leave', roomField.value.trim());
  else end('out');
}

function end(key, values) {
  signaling.close();
  setState('out', key, values);
}

// ---- messages ----

function send() {
  const text = textField.value;
  if (text.trim() === '') return;
  signaling.send('message', roomField.value.trim(), chatLine(nameField.value, text));
  // The server does not send it back to us: whoever wants to see it has to show it.
  addLine('mine', nameField.value, text);
  textField.value = '';
  textField.focus();
}

function addLine(kind, name, text) {
  const line = document.createElement('li');
  line.className = kind;
  if (name !== '') {
    const who = document.createElement('b');
    who.textContent = name;
    line.append(who);
  }
  line.append(text);
  show(line);
}

/** A remark in the page's own language, which follows when that is changed. */
function addNote(key) {
  const line = document.createElement('li');
  line.className = 'note';
  line.dataset.t = key;
  line.append(t(key));
  show(line);
}

function show(line) {
  lines.append(line);
  lines.scrollTop = lines.scrollHeight;
}

// ---- the page ----

function setState(state, key, values) {
  page.dataset.state = state; // out, joining, joined: the style sheet and the tests look at it
  const isOut = state === 'out';
  for (const field of [nameField, roomField, joinButton]) field.disabled = !isOut;
  leaveButton.disabled = isOut;
  textField.disabled = sendButton.disabled = state !== 'joined';
  say(key, values);
}

function say(key, values = {}) {
  status = { key, values };
  document.getElementById('status').textContent = t(key, values);
}

document.getElementById('door').addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
leaveButton.addEventListener('click', leave);
document.getElementById('writing').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
translate(() => say(status.key, status.values));
setState('out', 'out');
