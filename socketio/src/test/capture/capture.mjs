// Records what npm's clients and Node's server say to each other; see README.md.
import { createServer, request } from "node:http";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "socket.io";
import WebSocket, { WebSocketServer } from "ws";

const require = createRequire(import.meta.url);
const CLIENTS = ["2.0.3", "2.5.0", "3.1.3", "4.8.3"];
const TRANSPORTS = { polling: ["polling"], websocket: ["websocket"], upgrade: ["polling", "websocket"] };
const TEXT = 'é😀 "x"\n';
const target = new URL("../resources/dev/duet/socketio/captures/", import.meta.url);

// ---- the server: CaptureReplay has the same handlers ----

function serve() {
  const http = createServer();
  const io = new Server(http, { allowEIO3: true, pingInterval: 25000, pingTimeout: 20000 });
  for (const name of ["/", "/custom"]) {
    io.of(name).on("connection", (socket) => {
      socket.emit("welcome", TEXT, { n: [1, 2.5, null, true] });
      socket.on("event", (...args) => socket.emit("event-back", ...args));
      socket.on("bytes", (...args) => socket.emit("bytes-back", ...args));
      socket.on("ask", (...args) => args.pop()(...args));
      socket.on("ask-me", () => socket.emit("question", 1, (answer) => socket.emit("answered", answer)));
    });
  }
  return { http, io };
}

// ---- a proxy that listens ----

function listen(upstream, lines) {
  const numbers = { GET: 0, POST: 0, WS: 0 };
  let sid;
  const said = (text) => {
    sid ??= /"sid":"([^"]+)"/.exec(text)?.[1];
    return JSON.stringify(sid ? text.replaceAll(sid, () => "$".padEnd(sid.length, "$")) : text);
  };
  const query = (url) => {
    const parameters = new URL(url, "http://localhost").searchParams;
    parameters.delete("t");
    return [...parameters].map(([name, value]) => `${name}=${value === sid ? "$SID" : value}`).join("&");
  };
  const content = (binary, bytes) => (binary ? `bytes\t${bytes.toString("hex")}` : `text\t${said(bytes.toString())}`);
  const body = async (stream) => Buffer.concat(await collect(stream));
  const isBinary = (headers) => (headers["content-type"] ?? "").startsWith("application/octet-stream");

  const http = createServer(async (incoming, outgoing) => {
    const id = `${incoming.method} ${++numbers[incoming.method]}`;
    const bytes = await body(incoming);
    const posted = incoming.method === "POST" ? `\t${content(isBinary(incoming.headers), bytes)}` : "";
    lines.push(`> ${id}\t${query(incoming.url)}${posted}`);
    const onward = request({ port: upstream, path: incoming.url, method: incoming.method, headers: incoming.headers });
    onward.end(bytes);
    const [answer] = await once(onward, "response");
    const answered = await body(answer);
    lines.push(`< ${id}\t${answer.statusCode}\t${content(isBinary(answer.headers), answered)}`);
    outgoing.writeHead(answer.statusCode, { "content-type": answer.headers["content-type"] }).end(answered);
  });

  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  sockets.on("connection", (client, incoming) => {
    const id = `WS ${++numbers.WS}`;
    lines.push(`> ${id}\topen\t${query(incoming.url)}`);
    const server = new WebSocket(`ws://localhost:${upstream}${incoming.url}`, { perMessageDeflate: false });
    const early = [];
    const relay = (from, to, mark) => {
      from.on("message", (bytes, binary) => {
        lines.push(`${mark} ${id}\t${content(binary, bytes)}`);
        if (to.readyState === WebSocket.CONNECTING) early.push([bytes, { binary }]);
        else to.send(bytes, { binary });
      });
      from.on("close", () => {
        if (to.readyState !== WebSocket.CLOSED && to.readyState !== WebSocket.CLOSING) {
          lines.push(`${mark} ${id}\tclose`);
          to.close();
        }
      });
    };
    relay(client, server, ">");
    relay(server, client, "<");
    server.on("open", () => early.forEach((message) => server.send(...message)));
  });
  return http;
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

// ---- what each client does ----

const heard = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
const asked = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer)));
// What was said is on its way before the next thing is, so that the order is the same every time.
const calm = () => sleep(60);

async function talk(io, url, transports) {
  const socket = io(url, { transports, forceNew: true });
  socket.on("question", (number, answer) => answer(`to ${number}`));
  await heard(socket, "welcome");
  if (transports.length === 2) {
    const engine = socket.io.engine;
    while (engine.transport.name !== "websocket" || engine.upgrading) await sleep(10);
  }
  await calm();
  const back = async (event, ...args) => {
    const answer = heard(socket, `${event}-back`);
    socket.emit(event, ...args);
    await answer;
    await calm();
  };
  await back("event", TEXT, 1, -2.5e-7, null, false, [], { a: { b: "c" } });
  await asked(socket, "ask", "who", { there: true });
  await calm();
  await back("bytes", Buffer.from([0, 1, 2, 0x1e, 0xff]), { deep: [Buffer.from("é")] });
  await asked(socket, "ask", Buffer.from([7]));
  await calm();
  const answered = heard(socket, "answered");
  socket.emit("ask-me");
  await answered;
  await calm();

  const custom = socket.io.socket("/custom");
  await heard(custom, "welcome");
  await calm();
  await asked(custom, "ask", TEXT);
  await calm();
  custom.disconnect();
  await calm();
  socket.disconnect();
  await sleep(200);
}

mkdirSync(target, { recursive: true });
const server = JSON.parse(readFileSync(require.resolve("socket.io/package.json"))).version;
for (const client of CLIENTS) {
  for (const [name, transports] of Object.entries(TRANSPORTS)) {
    const { http, io } = serve();
    const upstream = http.listen(0);
    await once(upstream, "listening");
    const lines = [`# socket.io-client ${client}, ${name}; socket.io ${server} with allowEIO3`];
    const proxy = listen(http.address().port, lines).listen(0);
    await once(proxy, "listening");
    await talk(require(`client-${client}`), `http://localhost:${proxy.address().port}`, transports);
    writeFileSync(new URL(`${client}-${name}.txt`, target), `${lines.join("\n")}\n`);
    console.log(`${client} ${name}: ${lines.length - 1} lines`);
    proxy.closeAllConnections();
    proxy.close();
    io.close();
  }
}
process.exit(0);
