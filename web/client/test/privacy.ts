/**
 * What one page learns of another before both have a seat in the room at the same time: it must be nothing. Watches every message of
 * the server, every path and everything that is sent over it.
 */
import type { FakeNetwork } from './fake-network.ts';
import type { FakePeerConnection } from './fake-rtc.ts';
import { sends } from './fake-sdp.ts';
import type { ModelServer } from './model-server.ts';

/** After somebody has left for good their last packets are still on their way. */
const ENDING_MS = 1_000;

export class Privacy {
  readonly faults = new Set<string>();
  /** Pages that show of themselves what they like. */
  readonly hostile = new Set<string>();
  readonly #network: FakeNetwork;
  readonly #server: ModelServer;

  constructor(network: FakeNetwork, server: ModelServer) {
    this.#network = network;
    this.#server = server;
  }

  /** The server tells a page this. */
  told(page: string, text: string): void {
    if (!/ typ (host|srflx|prflx)/.test(text)) return;
    for (const [, inSdp, inCandidate] of text.matchAll(/ice-ufrag:(\w+)|"usernameFragment":"(\w+)"/g)) {
      const owner = this.#network.owner(inSdp ?? inCandidate ?? '')?.page;
      if (owner !== undefined && owner !== page && !this.hostile.has(owner) && !this.#haveMet(owner, page)) {
        this.faults.add(`${page} is told an address of ${owner}`);
      }
    }
  }

  /** A page hears this from another by their own channel. */
  heard(page: string, from: string, what: string): void {
    if (!this.#haveMet(page, from)) this.faults.add(`${page} hears ${what} of ${from}`);
  }

  look(nowMs: number): void {
    for (const pc of this.#network.connections) {
      const other = pc.ice.pair?.with;
      if (pc.gone || this.hostile.has(pc.page)) continue;
      const reaches = pc.reaches;
      // Its checks leave from its own addresses, whatever of them it has told.
      if (reaches !== undefined && !pc.relayOnly && !this.#haveMet(pc.page, reaches.page)) {
        this.faults.add(`${pc.page} looks for a path to ${reaches.page} from its own addresses`);
      }
      if (other === undefined || !pc.ice.works()) continue;
      const met = this.#haveMet(pc.page, other.page);
      if (!sendsMedia(pc)) continue;
      if (!met) this.faults.add(`${pc.page} sends media to ${other.page}, who was never in the room with it`);
      const leftMs = this.#server.leftAtMs.get(other.page) ?? Infinity;
      if (nowMs > leftMs + ENDING_MS) this.faults.add(`${pc.page} sends media to ${other.page}, who has left`);
    }
  }

  #haveMet(one: string, other: string): boolean {
    return this.#server.met.has(`${one} ${other}`);
  }
}

function sendsMedia(pc: FakePeerConnection): boolean {
  return pc.getTransceivers().some(({ currentDirection, sender }) => {
    return currentDirection !== null && sends(currentDirection) && sender.track !== null;
  });
}
