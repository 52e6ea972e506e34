// The course dialect on Node's own socket.io, as the scenario `socketio` has it. No compression and no limits on rates: left
// out in its favour.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { course } from '../../../e2e/lib/course.mjs';

const http = createServer();
course(new Server(http, {
  allowEIO3: true, maxHttpBufferSize: 100_000, serveClient: false, httpCompression: false, perMessageDeflate: false,
}));
http.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096 }, () => console.log('listening'));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
