/** A page with a call in a room for more than two, in virtual time: as fake-page.ts, with a driver for each of the others. */
import { CallDriver } from '../src/call-driver.ts';
import type { DriverOptions } from '../src/call-driver.ts';
import { withoutOthers } from '../src/call-seat.ts';
import type { Other } from '../src/call-model.ts';
import { Mesh } from '../src/mesh.ts';
import type { MeshLink } from '../src/mesh.ts';
import { WATCH_MS } from '../src/link.ts';
import { PathWatch } from '../src/path-watch.ts';
import { SeatStore } from '../src/seat-store.ts';
import type { LocalTracks } from '../src/sending.ts';
import { NOTHING } from './fake-page.ts';
import type { FakeWorld, SideName } from './fake-page.ts';
import { FakePeerConnection, FakeStream, FakeTrack } from './fake-rtc.ts';

/** As several.ts has them, without what is said over the connection. */
class FakeMember implements MeshLink {
  readonly driver: CallDriver;
  readonly #watch = new PathWatch();

  constructor(driver: CallDriver) {
    this.driver = driver;
  }

  get other(): Other {
    const { state } = this.driver;
    return state.kind === 'active' ? state.other : { state: 'none' };
  }

  begin(): void {
    this.driver.join();
    this.driver.setTracks(tracks(), { microphone: true, camera: true });
  }

  close(): void {
    this.driver.leave();
  }

  async look(nowMs: number): Promise<void> {
    const { phase } = this.driver;
    if (phase !== 'connected' && phase !== 'reconnecting') return;
    this.driver.doubted(this.#watch.look(await this.driver.stats(), nowMs, true));
  }
}

export class FakeMeshPage {
  readonly name: string;
  readonly seat: CallDriver;
  readonly mesh: Mesh<FakeMember>;
  readonly #world: FakeWorld;
  #alive = true;

  constructor(world: FakeWorld, side: SideName) {
    this.#world = world;
    this.name = world.newName(side);
    const driving: DriverOptions = {
      url: `wss://${this.name}/ws`,
      room: 'r',
      relayOnly: false,
      preconnect: true,
      seats: world.seatsOf(side),
    };
    this.mesh = new Mesh<FakeMember>({
      open: (session, changed) => {
        const seats = new SeatStore(undefined);
        const driver = new CallDriver({ ...driving, seats, session }, tracks(), { ...NOTHING, changed });
        return new FakeMember(driver);
      },
      send: (message) => this.seat.send(message),
      nudge: (doubted) => this.seat.nudge(doubted),
      closed: () => {},
      changed: () => {},
      now: () => world.agenda.nowMs,
    });
    this.seat = new CallDriver(driving, tracks(), {
      ...NOTHING,
      hear: (message) => {
        this.mesh.hear(message);
        return withoutOthers(message);
      },
      lost: () => this.mesh.lost(),
      undelivered: (news) => this.mesh.undelivered(news),
      changed: () => {
        if (this.seat?.state.kind === 'ended') this.mesh.close();
      },
    });
    this.#look();
  }

  /** Gone without a word but what the page says while it goes. */
  die(politely: boolean): void {
    if (politely) this.seat.pageHidden();
    this.#alive = false;
    this.#world.network.die(this.name);
  }

  doubt(): void {
    for (const { driver } of this.mesh.links) driver.doubtPath(true);
  }

  get connections(): FakePeerConnection[] {
    return this.#world.network.connections.filter(({ page, gone }) => page === this.name && !gone);
  }

  #look(): void {
    const { agenda } = this.#world;
    agenda.in(WATCH_MS, () => {
      if (!this.#alive) return;
      for (const member of this.mesh.links) void member.look(agenda.nowMs);
      this.#look();
    });
  }
}

function tracks(): LocalTracks {
  const stream = new FakeStream();
  return { stream, audio: new FakeTrack('audio'), video: new FakeTrack('video') } as unknown as LocalTracks;
}
