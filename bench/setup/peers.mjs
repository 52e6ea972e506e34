// The servers that Duet is measured beside, by https: a course's on Node's socket.io 2, and PeerJS's own.
//   node peers.mjs ADDRESS COURSE_PORT PEERJS_PORT CERTIFICATE KEY

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { basename, extname } from 'node:path';
import { PeerServer } from 'peer';
import socketIo from 'socket.io';
import { course } from '../../e2e/lib/course.mjs';

const [address, coursePort, peerjsPort, certificate, key] = process.argv.slice(2);
const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };
const peerjs = createRequire(import.meta.url).resolve('peerjs/dist/peerjs.min.js');

function page(request, response) {
  const name = basename(new URL(request.url, 'https://localhost').pathname);
  try {
    const content = readFileSync(name === 'peerjs.min.js' ? peerjs : new URL(`pages/${name}`, import.meta.url));
    response.writeHead(200, { 'Content-Type': types[extname(name)] ?? 'text/plain' }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

const https = createServer(tls, page);
course(socketIo(https));
https.listen(Number(coursePort), address, () => {
  const app = PeerServer({ port: Number(peerjsPort), host: address, path: '/peer', ssl: tls }, () => console.log('listening'));
  app.get('/:name', page);
});
process.on('disconnect', () => process.exit(0));
