// A TURN client on UDP, as small as a test of the relay needs it: one allocation with an IPv4 and an IPv6 address.
// As a program it reads a line of JSON, {server, port, secret, user, targets: [{name, family, address, port}]}, tries to
// reach each target in every way there is, and prints what it was told and what came back.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const COOKIE = 0x2112a442;
const METHOD = { allocate: 0x003, send: 0x016, permit: 0x008, bind: 0x009 };
const ATTRIBUTE = {
  username: 0x0006, integrity: 0x0008, error: 0x0009, channel: 0x000c, peer: 0x0012, data: 0x0013, realm: 0x0014, nonce: 0x0015,
  transport: 0x0019, additionalFamily: 0x8000,
};
const ANSWER_MS = 2_000;
const ECHO_MS = 1_500;
const DAY_S = 86_400;
const IPV6 = 2;

/** The 16 bytes of an IPv6 address as it is written, an IPv4 address at its end included. */
export function ipv6Bytes(text) {
  const bytes = (group) => (group.includes('.') ? group.split('.').map(Number) : [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]);
  const groups = (part) => part.split(':').filter((group) => group !== '').flatMap(bytes);
  const [before, after] = text.split('::');
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  return Buffer.from([...head, ...new Array(16 - head.length - tail.length).fill(0), ...tail]);
}

export class TurnClient {
  #socket = dgram.createSocket('udp4');
  #answers = new Map();
  #key;
  #realm;
  #nonce;
  /** The texts of all data that came, by channel or by indication. */
  received = new Set();

  constructor(server, port, secret, user) {
    this.server = server;
    this.port = port;
    this.username = `${Math.floor(Date.now() / 1000) + DAY_S}:${user}`;
    this.password = createHmac('sha1', secret).update(this.username).digest('base64');
    this.#socket.on('message', (message) => this.#message(message));
  }

  /** Both addresses, or the error that came. */
  async allocate() {
    const attributes = [[ATTRIBUTE.transport, Buffer.from([17, 0, 0, 0])], [ATTRIBUTE.additionalFamily, Buffer.from([IPV6, 0, 0, 0])]];
    const challenge = await this.#request(METHOD.allocate, attributes);
    this.#realm = challenge.attributes.get(ATTRIBUTE.realm).toString();
    this.#nonce = challenge.attributes.get(ATTRIBUTE.nonce);
    this.#key = createHash('md5').update(`${this.username}:${this.#realm}:${this.password}`).digest();
    return (await this.#request(METHOD.allocate, attributes)).error;
  }

  permit(target) {
    return this.#request(METHOD.permit, [peer(target)]).then((answer) => answer.error);
  }

  bind(channel, target) {
    const number = Buffer.from([channel >> 8, channel & 0xff, 0, 0]);
    return this.#request(METHOD.bind, [[ATTRIBUTE.channel, number], peer(target)]).then((answer) => answer.error);
  }

  sendByIndication(target, text) {
    this.#write(message(METHOD.send, randomBytes(12), [peer(target), [ATTRIBUTE.data, Buffer.from(text)]]));
  }

  sendByChannel(channel, text) {
    const data = Buffer.from(text);
    this.#write(Buffer.concat([Buffer.from([channel >> 8, channel & 0xff, data.length >> 8, data.length & 0xff]), data]));
  }

  close() {
    this.#socket.close();
  }

  #write(bytes) {
    this.#socket.send(bytes, this.port, this.server);
  }

  async #request(method, attributes) {
    const id = randomBytes(12);
    const bytes = this.#key === undefined ? message(method, id, attributes) : this.#signed(method, id, attributes);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`method ${method} was not answered`)), ANSWER_MS);
      this.#answers.set(id.toString('hex'), (answer) => (clearTimeout(timer), resolve(answer)));
      this.#write(bytes);
    });
  }

  #signed(method, id, attributes) {
    const bytes = message(method, id, [
      ...attributes,
      [ATTRIBUTE.username, Buffer.from(this.username)],
      [ATTRIBUTE.realm, Buffer.from(this.#realm)],
      [ATTRIBUTE.nonce, this.#nonce],
    ]);
    bytes.writeUInt16BE(bytes.length - 20 + 24, 2);
    return Buffer.concat([bytes, attribute(ATTRIBUTE.integrity, createHmac('sha1', this.#key).update(bytes).digest())]);
  }

  #message(bytes) {
    if ((bytes[0] & 0xc0) === 0x40) {
      this.received.add(bytes.subarray(4, 4 + bytes.readUInt16BE(2)).toString());
      return;
    }
    const attributes = new Map();
    for (let at = 20; at + 4 <= bytes.length; at += 4 + padded(bytes.readUInt16BE(at + 2))) {
      attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + bytes.readUInt16BE(at + 2)));
    }
    if (attributes.has(ATTRIBUTE.data)) {
      this.received.add(attributes.get(ATTRIBUTE.data).toString());
    }
    const error = attributes.get(ATTRIBUTE.error);
    this.#answers.get(bytes.toString('hex', 8, 20))?.({ attributes, error: error === undefined ? 0 : error[2] * 100 + error[3] });
  }
}

const padded = (length) => (length + 3) & ~3;

function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(padded(value.length) - value.length)]);
}

/** A message; an attribute's value is bytes, or is made of the transaction id. */
function message(type, id, attributes) {
  const body = attributes.map(([name, value]) => attribute(name, typeof value === 'function' ? value(id) : value));
  const head = Buffer.alloc(20);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(Buffer.concat(body).length, 2);
  head.writeUInt32BE(COOKIE, 4);
  id.copy(head, 8);
  return Buffer.concat([head, ...body]);
}

/** XOR-PEER-ADDRESS, written in the family that is asked for, whatever address is in it. */
function peer({ family, address, port }) {
  return [ATTRIBUTE.peer, (id) => {
    const bytes = family === IPV6 ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
    const mask = Buffer.concat([Buffer.from([0x21, 0x12, 0xa4, 0x42]), id]);
    const value = Buffer.alloc(4 + bytes.length);
    value[1] = family;
    value.writeUInt16BE(port ^ (COOKIE >>> 16), 2);
    bytes.forEach((byte, at) => (value[4 + at] = byte ^ mask[at]));
    return value;
  }];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { server, port, secret, user, targets } = JSON.parse(line);
    const client = new TurnClient(server, port, secret, user);
    const allocated = await client.allocate();
    const results = [];
    let channel = 0x4000;
    for (const target of targets) {
      const permit = await client.permit(target);
      const bind = await client.bind(channel, target);
      client.sendByIndication(target, `${target.name} by indication`);
      client.sendByChannel(channel, `${target.name} by channel`);
      channel += bind === 0 ? 1 : 0;
      results.push({ name: target.name, permit, bind });
    }
    await new Promise((resolve) => setTimeout(resolve, ECHO_MS));
    client.close();
    console.log(JSON.stringify({ allocated, results, received: [...client.received] }));
    process.exit(0);
  }
}
