// A way to the server on which WebSockets are slow and plain requests are not, so that the change from polling to WebSocket
// lasts long enough for messages to be sent in every moment of it.

import { connect, createServer } from 'node:net';

export class SlowUpgrade {
  #server;
  #sockets = new Set();

  /** Listens on loopback before the server on that port; each chunk of a WebSocket takes `delayMs` more. */
  static async open(port, delayMs) {
    const way = new SlowUpgrade();
    way.#server = createServer((client) => way.#join(client, connect(port, '127.0.0.1'), delayMs));
    await new Promise((resolve) => way.#server.listen(0, '127.0.0.1', resolve));
    way.url = `http://127.0.0.1:${way.#server.address().port}`;
    return way;
  }

  async close() {
    this.#sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client, server, delayMs) {
    let slow = false;
    const later = (action) => (slow ? setTimeout(action, delayMs) : action());
    const pump = (from, to) => {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => later(() => to.destroy()));
      from.on('end', () => later(() => to.end()));
      from.on('close', () => {
        this.#sockets.delete(from);
        later(() => to.destroy());
      });
      from.on('data', (chunk) => {
        slow ||= from === client && /^upgrade: websocket\r$/im.test(chunk.toString('latin1'));
        later(() => to.writable && to.write(chunk));
      });
    };
    pump(client, server);
    pump(server, client);
  }
}
