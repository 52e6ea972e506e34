import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, Effect, Input } from '../src/call-model.ts';
import { step } from '../src/call-state.ts';
import { ICE_SERVERS_PATIENCE_MS } from '../src/ice-servers.ts';
import type { IceServer, Participant, ServerMessage } from '../src/protocol.ts';

const LIFE_MS = 600_000;
const OLD: IceServer = { urls: 'turn:10.0.0.1:3478', username: 'old', credential: 'o' };
const FRESH: IceServer = { urls: 'turn:10.0.0.1:3478', username: 'fresh', credential: 'f' };
const ASK: Effect = { type: 'send', message: { type: 'ice-servers', id: 0 } };
const WAIT: Effect = { type: 'set-timer', timer: 'ice-servers', afterMs: ICE_SERVERS_PATIENCE_MS };
const HOLD: Effect = { type: 'hold-connection' };
const USE_FRESH: Effect = { type: 'use-ice-servers', iceServers: [FRESH] };
const USE_OLD: Effect = { type: 'use-ice-servers', iceServers: [OLD] };

const participant = (id: string, order: number): Participant => ({ id, order, instance: `i-${id}`, state: 'present' });
const you = participant('you', 1);
const other = participant('other', 2);
const came: ServerMessage = { type: 'participant-joined', participant: other };
const answer: ServerMessage = { type: 'ice-servers', id: 0, iceServers: [FRESH], iceServersLifeMs: LIFE_MS };
const failed: Input = { type: 'connection-changed', state: 'failed' };

/** Somebody in the room whose ICE servers came at time 0. */
class Member {
  call: Call = { kind: 'idle' };

  constructor(lifeMs: number | undefined, participants: readonly Participant[] = []) {
    this.take(0, { type: 'join', intent: { room: 'r', instance: 'i-you' } }, { type: 'signaling-opened' });
    this.hear(0, joined(lifeMs, participants));
  }

  take(nowMs: number, ...inputs: Input[]): readonly Effect[] {
    return inputs.flatMap((input) => {
      const { call, effects } = step(this.call, input, nowMs);
      this.call = call;
      return effects;
    });
  }

  hear(nowMs: number, message: ServerMessage): readonly Effect[] {
    return this.take(nowMs, { type: 'message', message });
  }
}

function joined(lifeMs: number | undefined, participants: readonly Participant[], iceServer = OLD): ServerMessage {
  return {
    type: 'joined',
    id: 1,
    room: 'r',
    you,
    seat: { token: 't', graceMs: 30_000 },
    capacity: 2,
    recovered: false,
    participants,
    iceServers: [iceServer],
    ...(lifeMs === undefined ? {} : { iceServersLifeMs: lifeMs }),
  };
}

const types = (effects: readonly Effect[]) => effects.map((effect) => effect.type);

test('freshIceServersAreUsedAtOnce', () => {
  const effects = new Member(LIFE_MS).hear(LIFE_MS - 60_001, came);

  const clears = ['clear-timer', 'clear-timer', 'clear-timer'];
  assert.deepEqual(types(effects), [...clears, 'close-connection', 'open-connection']);
});

test('aConnectionWithOldIceServersWaitsForNewOnes', () => {
  const member = new Member(LIFE_MS);

  const effects = member.hear(LIFE_MS - 60_000, came);

  assert.deepEqual(effects.slice(0, 2), [ASK, WAIT]);
  assert.deepEqual(types(effects).slice(-2), ['open-connection', 'hold-connection']);
  assert.deepEqual(member.hear(LIFE_MS, answer), [{ type: 'clear-timer', timer: 'ice-servers' }, USE_FRESH]);
  assert.deepEqual(member.take(LIFE_MS + 1, failed).filter((effect) => effect.type === 'hold-connection'), []);
});

test('anIceRestartWithOldIceServersWaitsForNewOnes', () => {
  const member = new Member(LIFE_MS, [other]);
  member.take(1, { type: 'connection-changed', state: 'connected' });

  const effects = member.take(LIFE_MS, failed);

  const restart: Effect = { type: 'refresh-connection', resend: true, restartIce: true };
  assert.deepEqual(types(effects), ['send', 'set-timer', 'set-timer', 'hold-connection', 'refresh-connection']);
  assert.deepEqual([effects[0], effects[1], ...effects.slice(3)], [ASK, WAIT, HOLD, restart]);
});

test('anOfferOfTheOtherIsAnsweredWithFreshIceServersToo', () => {
  const member = new Member(LIFE_MS, [other]);
  const signal = (body: object): ServerMessage => ({ type: 'signal', from: 'other', ...body }) as ServerMessage;

  const effects = member.hear(LIFE_MS, signal({ description: { type: 'offer', sdp: 'v=0' } }));
  const next = member.hear(LIFE_MS, signal({ candidate: null }));

  assert.deepEqual(types(effects), ['send', 'set-timer', 'hold-connection', 'remote-signal']);
  assert.deepEqual(types(next), ['remote-signal'], 'what comes later queues behind the offer');
});

test('theyAreAskedForOnce', () => {
  const member = new Member(LIFE_MS);
  member.hear(LIFE_MS, came);

  const effects = member.hear(LIFE_MS, {
    type: 'participant-back',
    participant: { ...other, instance: 'reloaded' },
    recovered: false,
  });

  assert.deepEqual(effects.filter((effect) => effect.type === 'send'), []);
  assert.deepEqual(types(effects).slice(-2), ['open-connection', 'hold-connection']);
});

test('withoutAnAnswerTheOldOnesHaveToDo', () => {
  const member = new Member(LIFE_MS);
  member.hear(LIFE_MS, came);
  const effects = member.take(LIFE_MS + ICE_SERVERS_PATIENCE_MS, { type: 'timer', timer: 'ice-servers' });
  assert.deepEqual(effects.at(-1), USE_OLD);

  const refused = new Member(LIFE_MS);
  refused.hear(LIFE_MS, came);
  const error: ServerMessage = { type: 'error', id: 0, code: 'not-in-room', message: 'm' };
  assert.deepEqual(refused.hear(LIFE_MS, error).at(-1), USE_OLD);
});

test('anAnswerThatIsLateStartsTheSearchAgain', () => {
  const late = (state: RTCPeerConnectionState) => {
    const member = new Member(LIFE_MS);
    member.hear(LIFE_MS, came);
    member.take(LIFE_MS + ICE_SERVERS_PATIENCE_MS, { type: 'timer', timer: 'ice-servers' });
    member.take(LIFE_MS + 2_500, { type: 'connection-changed', state });
    return member.hear(LIFE_MS + 3_000, answer).slice(1);
  };

  assert.deepEqual(late('connecting'), [USE_FRESH, { type: 'refresh-connection', resend: true, restartIce: true }]);
  assert.deepEqual(late('connected'), [USE_FRESH]);
});

test('iceServersWithoutALifeAreNeverOld', () => {
  assert.equal(types(new Member(undefined).hear(1e12, came)).includes('hold-connection'), false);
});

test('aShortLifeIsUsedForHalfOfIt', () => {
  assert.equal(types(new Member(60_000).hear(29_999, came)).includes('hold-connection'), false);
  assert.equal(types(new Member(60_000).hear(30_000, came)).includes('hold-connection'), true);
});

test('joiningAgainBringsFreshOnesToTheConnectionThereIs', () => {
  const member = new Member(LIFE_MS);
  member.hear(LIFE_MS, came);
  member.take(LIFE_MS, { type: 'signaling-lost' }, { type: 'signaling-opened' });

  const effects = member.hear(LIFE_MS + 1, joined(LIFE_MS, [other], FRESH));

  assert.deepEqual(types(effects), ['keep-seat', 'clear-timer', 'use-ice-servers', 'refresh-connection']);
  assert.deepEqual(effects[2], USE_FRESH);
});

test('theEndOfACallWaitsForNothing', () => {
  const member = new Member(LIFE_MS);
  member.hear(LIFE_MS, came);

  const effects = member.take(LIFE_MS, { type: 'leave' });

  assert.ok(effects.some((effect) => effect.type === 'clear-timer' && effect.timer === 'ice-servers'));
});
