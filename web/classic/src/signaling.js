// The way to the server: Socket.IO, and around it a log of every message that passes.
//
// `io` is what /socket.io/socket.io.js defines. This server gives that file and also answers the requests it makes. All that two pages
// need to find each other are these events:
//
//   page -> server   join(room)   leave(room)   message(room, data)
//   server -> page   joined(room, id)       you are in
//                    otherjoin(room, id)    somebody came after you
//                    full(room, id)         you are not in: everybody the room has place for is there already
//                    message(room, data)    what the other one sent; you do not get your own
//                    bye(room, id)          the other one left, or was lost
//                    leaved(room, id)       you are out

export const EVENTS = ['joined', 'otherjoin', 'full', 'message', 'bye', 'leaved'];

export class Signaling {
  #socket;
  #log;

  /**
   * Connects at once.
   *
   * @param log {(direction: 'sent' | 'received' | 'note', name: string, args: unknown[]) => void}
   * @param handlers one function for each event, and for what happens to the connection: `connect`, `disconnect` (lost; it will be
   *   tried again), `closed` (by the server; it will not), `failed` (not reached; it will be tried again)
   */
  constructor(log, handlers) {
    this.#log = log;
    // The page is at /classic/, Socket.IO at /socket.io/ beside it.
    const address = new URL('../socket.io', location.href);
    // `forceNew`: each Signaling has a connection of its own, so closing it ends everything of it.
    const socket = io(address.origin, { path: address.pathname, forceNew: true });
    this.#socket = socket;

    for (const name of EVENTS) {
      socket.on(name, (...args) => {
        log('received', name, args);
        handlers[name]?.(...args);
      });
    }
    // What follows are no messages: the library itself tells how the connection is. After a loss it tries again and again, and
    // `connect` comes once more when it succeeded.
    socket.on('connect', () => {
      log('note', 'connect', [socket.io.engine.transport.name]); // polling at first; a WebSocket soon after
      handlers.connect();
    });
    socket.on('disconnect', (reason) => {
      log('note', 'disconnect', [reason]);
      if (reason === 'io server disconnect') handlers.closed(reason);
      else if (reason !== 'io client disconnect') handlers.disconnect();
    });
    const failed = (error) => {
      log('note', 'error', [String(error.message ?? error)]);
      void refusal(address).then((text) => handlers.failed(text ?? String(error.message ?? error)));
    };
    socket.on('connect_error', failed);
    socket.on('error', failed);
  }

  send(name, ...args) {
    this.#log('sent', name, args);
    this.#socket.emit(name, ...args);
  }

  close() {
    this.#socket.close();
  }
}

/** The library does not say why the server refused. The server does, to whoever asks in the open. */
async function refusal(address) {
  try {
    const answer = await fetch(`${address.pathname}/?EIO=3&transport=polling`);
    return answer.ok ? undefined : (await answer.text()).trim();
  } catch {
    return undefined;
  }
}
