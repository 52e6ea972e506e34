/** The ICE of the RTCPeerConnection of fake-rtc.ts: generations, a path, and what a browser says of it. */
import type { FakeNetwork } from './fake-network.ts';
import { addressOf } from './fake-rtc.ts';
import type { FakePeerConnection } from './fake-rtc.ts';
import type { Description } from './fake-sdp.ts';

/** How long a browser looks for a path, and until it says that there is none any more. */
const LOOKING_MS = 12_000;
const SILENT_MS = 3_000;
const GIVEN_UP_MS = 8_000;

interface Pair {
  readonly with: FakePeerConnection;
  readonly kind: 'host' | 'relay';
  readonly local: string;
  readonly remote: string;
  readonly here: string;
  readonly there: string;
}

export class FakeIce {
  readonly #network: FakeNetwork;
  readonly #pc: FakePeerConnection;
  #state: RTCPeerConnectionState = 'new';
  /** The two generations it works with, those of the last descriptions that were agreed on. */
  local: Description | undefined;
  remote: Description | undefined;
  pair: Pair | undefined;
  #worked = false;
  #looking = false;
  #turn = 0;

  constructor(pc: FakePeerConnection, network: FakeNetwork) {
    this.#pc = pc;
    this.#network = network;
  }

  get state(): RTCPeerConnectionState {
    return this.#state;
  }

  /** Both descriptions are agreed on. */
  use(local: Description, remote: Description): void {
    const restarted = local.ufrag !== this.local?.ufrag || remote.ufrag !== this.remote?.ufrag;
    this.local = local;
    this.remote = remote;
    if (restarted) this.#begin();
    this.#network.changed();
  }

  #begin(): void {
    const works = this.works();
    const turn = ++this.#turn;
    if (!works || this.#pc.blinks || this.#state === 'failed') this.#become('connecting');
    this.#worked = false;
    this.#later(LOOKING_MS, turn, () => {
      // A pair of an older generation has had its time.
      if (this.pair?.local !== this.local?.ufrag || this.pair?.remote !== this.remote?.ufrag) this.pair = undefined;
      if (!this.works()) this.#become('failed');
    });
  }

  works(): boolean {
    const { pair } = this;
    if (pair === undefined || !this.#network.up || this.#pc.gone || pair.with.gone) return false;
    return this.#network.isHere(pair.here) && this.#network.isHere(pair.there);
  }

  /** The other end, where both ends agree on each other. */
  partner(): FakePeerConnection | undefined {
    const { local, remote } = this;
    const other = remote === undefined ? undefined : this.#network.owner(remote.ufrag);
    if (local === undefined || remote === undefined || other === undefined) return undefined;
    if (other.gone || this.#pc.gone) return undefined;
    const { ice } = other;
    if (ice.local === undefined || ice.remote === undefined) return undefined;
    const agreed = ice.local.ufrag === remote.ufrag && ice.remote.ufrag === local.ufrag;
    const genuine = ice.local.pwd === remote.pwd && remote.fingerprint === other.fingerprint;
    return agreed && genuine ? other : undefined;
  }

  /** The best way there is: straight, or from relay to relay. */
  #possible(other: FakePeerConnection): Pair['kind'] | undefined {
    return (['host', 'relay'] as const).find((kind) => this.#leads(kind, other));
  }

  /** One of them has to know where the other is, then the other learns it; behind walls both have to. */
  #leads(kind: Pair['kind'], other: FakePeerConnection): boolean {
    const here = addressOf(kind, this.#network.addressOf(this.#pc.page));
    const there = addressOf(kind, this.#network.addressOf(other.page));
    const { local, remote } = this;
    const { local: theirLocal, remote: theirRemote } = other.ice;
    if (!this.#network.up || !has(local, here) || !has(theirLocal, there)) return false;
    const [knows, known] = [has(remote, there), has(theirRemote, here)];
    return this.#network.walled ? knows && known : knows || known;
  }

  /** Something may be another way now. */
  look(): void {
    if (this.#pc.gone || this.local === undefined || this.remote === undefined || this.#state === 'failed') return;
    const other = this.partner();
    const current = this.pair?.local === this.local.ufrag && this.pair.remote === this.remote.ufrag;
    const possible = other === undefined ? undefined : this.#possible(other);
    const better = possible === 'host' && this.pair?.kind === 'relay';
    if (possible !== undefined && (!current || !this.works() || better)) this.#search();
    const works = this.works();
    if (works === this.#worked) return;
    this.#worked = works;
    const turn = ++this.#turn;
    if (works) {
      this.#become('connected');
      this.#pc.direct();
      return;
    }
    this.#later(SILENT_MS, turn, () => {
      this.#become('disconnected');
      this.#later(GIVEN_UP_MS, turn, () => this.#become('failed'));
    });
  }

  #search(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#network.in(10 + this.#network.random() * 150, () => {
      this.#looking = false;
      const other = this.partner();
      const kind = other === undefined || this.#pc.gone || this.#state === 'failed' ? undefined : this.#possible(other);
      const { local, remote } = this;
      if (other === undefined || kind === undefined || local === undefined || remote === undefined) return;
      const [here, there] = [this.#network.addressOf(this.#pc.page), this.#network.addressOf(other.page)];
      this.pair = { with: other, kind, local: local.ufrag, remote: remote.ufrag, here, there };
      if (this.#worked) this.#become('connected');
      this.look();
    });
  }

  #become(state: RTCPeerConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#network.trace(`${this.#pc.page} ${this.#pc.fingerprint} is ${state}`);
    this.#network.in(0, () => {
      if (!this.#pc.gone) this.#pc.onconnectionstatechange?.();
    });
  }

  #later(ms: number, turn: number, run: () => void): void {
    this.#network.in(ms * (0.8 + 0.4 * this.#network.random()), () => {
      if (turn === this.#turn && !this.#pc.gone) run();
    });
  }
}

function has(description: Description | undefined, address: string): boolean {
  return description !== undefined && [...description.candidates].some((line) => line.includes(` ${address} `));
}
