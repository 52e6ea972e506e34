// Node's own socket.io as a course server: the oracle that the scenario `socketio` is held against.
//   node lib/course-server.mjs PORT [fault]
// A fault is something a server must not do; with one the scenario has to fail.

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { course } from './course.mjs';

const port = Number(process.argv[2]);
const fault = process.argv[3];

/** Each takes what the server is about to send, and gives what is sent in its place. */
const FAULTS = {
  loses: (state, ...packet) => (nth(state, packet, 20) ? [] : [packet]),
  doubles: (state, ...packet) => (nth(state, packet, 20) ? [packet, packet] : [packet]),
  reorders: (state, ...packet) => {
    if (nth(state, packet, 20)) {
      state.held = packet;
      return [];
    }
    const held = state.held;
    state.held = undefined;
    return held === undefined ? [packet] : [packet, held];
  },
  'changes-text': (_, event, room, data) => {
    const sdp = data?.sdp?.normalize('NFD').replace('\r\n', '\n');
    return [[event, room, sdp === undefined ? data : { ...data, sdp }]];
  },
  'changes-bytes': (_, event, room, data) => {
    const bytes = Buffer.isBuffer(data) ? Buffer.concat([data.subarray(0, -1), Buffer.from([0])]) : data;
    return [[event, room, bytes]];
  },
  'says-bye-twice': (_, ...packet) => (packet[0] === 'bye' ? [packet, packet] : [packet]),
  'forgets-bye': (_, ...packet) => (packet[0] === 'bye' ? [] : [packet]),
  'forgets-leaved': (_, ...packet) => (packet[0] === 'leaved' ? [] : [packet]),
  'takes-a-third': (_, event, ...more) => [[event === 'full' ? 'joined' : event, ...more]],
  'names-another-id': (_, event, room, id) => [[event, room, event === 'otherjoin' ? `${id}x` : id]],
};

function nth(state, [event], number) {
  state.messages = (state.messages ?? 0) + (event === 'message' ? 1 : 0);
  return event === 'message' && state.messages === number;
}

if (fault !== undefined && FAULTS[fault] === undefined) {
  throw new Error(`no fault ${fault}; there are ${Object.keys(FAULTS).join(', ')}`);
}
const http = createServer();
const io = new Server(http, { allowEIO3: true, maxHttpBufferSize: 100_000, serveClient: false });
if (fault !== undefined) {
  io.use((socket, next) => {
    const state = {};
    const emit = socket.emit.bind(socket);
    socket.emit = (...packet) => FAULTS[fault](state, ...packet).forEach((sent) => emit(...sent)) ?? true;
    next();
  });
}
course(io);
http.listen(port, '127.0.0.1', () => console.log('listening'));
