/** The call machine with what it did, and two people: Bo waits, Ann comes. For tests of what happens before the seat. */
import type { Input, JoinIntent } from '../src/call-model.ts';
import type { IceServer, LookedMessage, Participant, ServerMessage, SessionDescription } from '../src/protocol.ts';
import { SteppedMachine } from './stepped-machine.ts';

export class Machine extends SteppedMachine {
  /** What it did, in a word each: messages by their type, connections by their name. */
  did(): string[] {
    return this.effects()
      .filter(({ type }) => !type.endsWith('-timer') && type !== 'keep-seat' && type !== 'use-ice-servers')
      .map((effect) => {
        if (effect.type === 'send') return effect.message.type;
        return 'of' in effect && effect.of !== undefined ? `${effect.type} ${effect.of}` : effect.type;
      });
  }
}

export const ann: Participant = { id: 'ann', order: 2, instance: 'i-ann', state: 'present' };
export const bo: Participant = { id: 'bo', order: 1, instance: 'i-bo', state: 'present' };
export const stun: IceServer = { urls: ['stun:r'] };
export const turn = (...urls: string[]): IceServer => ({ urls, username: 'u', credential: 'c' });
export const relay: readonly IceServer[] = [
  stun,
  turn('turn:r?transport=udp', 'turn:r?transport=tcp', 'turns:r?transport=tcp'),
];
export const offer: SessionDescription = { type: 'offer', sdp: 'offer' };
export const answer: SessionDescription = { type: 'answer', sdp: 'answer' };
export const relayed = (type: 'offer' | 'answer'): SessionDescription => ({
  type,
  sdp: 'a=candidate:1 1 udp 1 192.0.2.7 1 typ relay\r\n',
});
export const host = { candidate: 'candidate:1 1 udp 1 10.0.0.7 1 typ host', sdpMid: '0' };
export const ofRelay = { candidate: 'candidate:2 1 udp 1 192.0.2.7 1 typ relay', sdpMid: '0' };

export const looked = (more: Partial<LookedMessage> = {}): ServerMessage => ({
  type: 'looked', id: 0, room: 'r', capacity: 2, leaseMs: 60_000, participants: [bo], iceServers: relay,
  offer: 7, from: 'bo', description: offer, ...more,
});
export const joined = (you: Participant, others: readonly Participant[], more: object = {}): ServerMessage => ({
  type: 'joined', id: 1, room: 'r', you, seat: { token: 't', graceMs: 30_000 }, capacity: 2, recovered: false,
  participants: others, iceServers: relay, ...more,
});

/** Ann before the door, with an answer to Bo's standing offer. */
export function atTheDoor(wishes: Partial<JoinIntent> = {}): Machine {
  const intent = { room: 'r', instance: 'i-ann', ...wishes };
  const machine = new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' });
  return machine.hear(looked()).take({ type: 'answer-prepared', of: 'standing', description: answer });
}

/** And with a connection to Bo. */
export function preconnected(wishes: Partial<JoinIntent> = {}): Machine {
  const machine = atTheDoor(wishes).hear({ type: 'offered', offer: 8, from: 'bo', description: relayed('offer') });
  machine.take({ type: 'answer-prepared', of: 'preview', description: relayed('answer') });
  return machine.take({ type: 'connection-changed', of: 'preview', state: 'connected' });
}

/** Bo alone, with his offer published. */
export function waiting(wishes: Partial<JoinIntent> = {}): Machine {
  const join: Input = { type: 'join', intent: { room: 'r', instance: 'i-bo', ...wishes } };
  const machine = new Machine().take(join, { type: 'signaling-opened' }).hear(joined(bo, []));
  machine.take(gathered(wishes.relayOnly ? [ofRelay] : [host, ofRelay]));
  return machine.hear({ type: 'parked', offer: 7, lifeMs: 60_000 });
}

export function gathered(candidates: readonly (typeof host)[], instance = 'i-bo-2'): Input {
  return { type: 'offer-gathered', of: 'standing', description: offer, candidates, instance };
}

/** Somebody looks in, and wishes a connection. */
export const wishes = (number = 8): ServerMessage => ({
  type: 'looking',
  visitors: 1,
  offer: number,
  iceServers: relay,
});
