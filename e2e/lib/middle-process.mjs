// Stands between browsers and the server as a server that lies would: it hands on everything, but the descriptions that one of
// the two says are kept for a page of its own (middle-page.mjs), and the other gets that page's in their place.
// Its settings are JSON in the first argument; a line of standard input chooses the strategy, a line of standard output answers.

import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createInterface } from 'node:readline';
import WebSocket, { WebSocketServer } from 'ws';
import { middle } from './middle-page.mjs';

const { port, certificate, key, server, authority } = JSON.parse(process.argv[2]);
const { host: serverHost } = new URL(server);
const ca = authority;
const PAGE = `<!doctype html><title>between</title><script>(${middle})('wss://' + location.host + '/control')</script>`;

let strategy = 'none';
let pageOpened;
const page = new Promise((resolve) => {
  pageOpened = resolve;
});
const asked = new Map();
let nextId = 1;
let nextWho = 1;

const front = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  if (request.url === '/between') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE);
    return;
  }
  const { method, url, headers } = request;
  const onward = https.request(`${server}${url}`, { method, ca, headers: { ...headers, host: serverHost } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
});
const sockets = new WebSocketServer({ noServer: true });

front.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (browser) => {
    if (request.url === '/control') takePage(browser);
    else between(browser, new WebSocket(`${server.replace('https', 'wss')}${request.url}`, 'duet.v1', { ca, origin: server }));
  });
});

function takePage(socket) {
  pageOpened(socket);
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(data);
    const { resolve, reject } = asked.get(id);
    asked.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  });
}

async function ask(op, more = {}) {
  const id = nextId++;
  const socket = await page;
  return new Promise((resolve, reject) => {
    asked.set(id, { resolve, reject });
    socket.send(JSON.stringify({ id, op, ...more }));
  });
}

function between(browser, onward) {
  const who = nextWho++;
  const opened = new Promise((resolve) => onward.once('open', resolve));
  // One after the other, in the order they were said.
  let done = opened;
  browser.on('message', (data) => {
    done = done
      .then(() => changed(JSON.parse(data), who))
      .then((message) => onward.readyState === WebSocket.OPEN && onward.send(JSON.stringify(message)))
      .catch((error) => console.error(`between: ${error.message}`));
  });
  onward.on('message', (data) => browser.send(String(data)));
  const end = () => [browser, onward].forEach((one) => one.terminate());
  [browser, onward].forEach((one) => (one.on('close', end), one.on('error', end)));
}

async function changed(message, who) {
  const { description, candidate } = message;
  if (strategy === 'none' || (!description && !candidate)) {
    return message;
  }
  if (candidate) {
    await ask('candidate', { who, candidate });
    return message;
  }
  const { type, sdp: heard } = description;
  const sdp = await ask('description', { who, type, sdp: heard });
  return { ...message, description: { ...description, sdp } };
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const request = JSON.parse(line);
  if (request.strategy !== undefined) {
    ({ strategy } = request);
    await ask('begin', { strategy });
  }
  console.log(JSON.stringify(await ask('seen')));
}).on('close', () => process.exit(0));
front.listen(port, () => console.log('"listening"'));
