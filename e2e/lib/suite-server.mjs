// What the protocols' own suites want of a server, on Node's own engine.io and socket.io: an echo at /engine.io/, and two
// namespaces at /socket.io/. With it the runner of the suites is tested.
//   node lib/suite-server.mjs --port N --ping-interval MS --ping-timeout MS --connect-timeout MS --max-payload BYTES

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { attach } from 'engine.io';
import { Server } from 'socket.io';

const names = ['port', 'ping-interval', 'ping-timeout', 'connect-timeout', 'max-payload'];
const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
const options = {
  allowEIO3: true,
  pingInterval: Number(values['ping-interval']),
  pingTimeout: Number(values['ping-timeout']),
  maxHttpBufferSize: Number(values['max-payload']),
};
const http = createServer();

attach(http, { ...options, path: '/engine.io' }).on('connection', (session) => {
  session.on('message', (data) => session.send(data));
});

const io = new Server(http, { ...options, connectTimeout: Number(values['connect-timeout']), serveClient: false });
for (const namespace of ['/', '/custom']) {
  io.of(namespace).on('connection', (socket) => {
    socket.emit('auth', socket.handshake.auth);
    socket.on('message', (...data) => socket.emit('message-back', ...data));
    socket.on('message-with-ack', (...data) => data.pop()(...data));
  });
}

// Node takes a version that is missing or nonsense for 3 once it serves 3; the suites want it refused.
const served = (request) => /[?&]EIO=[34](&|$)/.test(request.url);
const [requests, upgrades] = ['request', 'upgrade'].map((event) => {
  const listeners = http.listeners(event);
  http.removeAllListeners(event);
  return (...all) => listeners.forEach((listener) => listener.apply(http, all));
});
http.on('request', (request, response) =>
  served(request) ? requests(request, response) : response.writeHead(400).end(),
);
http.on('upgrade', (request, socket, head) =>
  served(request) ? upgrades(request, socket, head) : socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
);
http.listen(Number(values.port), '127.0.0.1', () => console.log('listening'));
