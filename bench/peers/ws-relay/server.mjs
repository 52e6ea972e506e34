// A small fair relay on Node's ws: rooms of two, join, signal, as docs/protocol.md has them, and nothing that Duet
// would not have to do as well. It checks that the message is JSON, that the sender has a seat and that the
// recipient sits in the same room, and writes `from` itself. No compression, no heartbeat, no limits on rates: left
// out in its favour.
import { randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';

const port = Number(process.argv[2]);
const rooms = new Map();

const server = new WebSocketServer({
  host: '127.0.0.1', port, path: '/ws', perMessageDeflate: false, maxPayload: 65536, backlog: 4096,
  handleProtocols: () => 'duet.v1',
});

server.on('connection', (socket) => {
  socket.id = randomBytes(16).toString('base64url');
  socket.room = undefined;
  socket.send('{"type":"hello","protocol":"duet.v1"}');
  socket.on('message', (bytes) => {
    let message;
    try {
      message = JSON.parse(bytes);
    } catch {
      socket.send('{"type":"error","code":"bad-json"}');
      return;
    }
    switch (message.type) {
      case 'signal': return signal(socket, message);
      case 'join': return join(socket, message);
      case 'leave': return leave(socket);
      default: socket.send('{"type":"error","code":"unknown-type"}');
    }
  });
  socket.on('close', () => leave(socket));
});

function signal(socket, message) {
  const to = socket.room?.members.get(message.to);
  if (to === undefined || to === socket) {
    socket.send(JSON.stringify({ type: 'error', id: message.id, code: 'unknown-participant' }));
    return;
  }
  to.send(JSON.stringify({
    type: 'signal', from: socket.id, description: message.description, candidate: message.candidate, data: message.data,
  }));
}

function join(socket, message) {
  let room = rooms.get(message.room);
  if (room === undefined) rooms.set(message.room, room = { name: message.room, members: new Map() });
  if (room.members.size >= 2) {
    socket.send(JSON.stringify({ type: 'full', id: message.id, room: message.room, capacity: 2 }));
    return;
  }
  const others = [...room.members.values()].map((other) => ({ id: other.id, state: 'present' }));
  room.members.set(socket.id, socket);
  socket.room = room;
  socket.send(JSON.stringify({
    type: 'joined', id: message.id, room: room.name, you: { id: socket.id, state: 'present' }, participants: others,
  }));
  const news = JSON.stringify({ type: 'participant-joined', participant: { id: socket.id, state: 'present' } });
  for (const other of room.members.values()) if (other !== socket) other.send(news);
}

function leave(socket) {
  const room = socket.room;
  if (room === undefined) return;
  socket.room = undefined;
  room.members.delete(socket.id);
  if (room.members.size === 0) rooms.delete(room.name);
  const news = JSON.stringify({ type: 'participant-left', participant: socket.id, reason: 'left' });
  for (const other of room.members.values()) other.send(news);
}

server.on('listening', () => console.log('listening'));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
