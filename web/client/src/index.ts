/** The client core of a Duet call. The entry type is {@link DuetCall}. */
export { DuetCall } from './call.ts';
export type { CallOptions } from './call.ts';
export type { ActiveCall, Call, EndedCall, EndReason, MediaState, Other, Phase, Signaling } from './call-model.ts';
export { phaseOf } from './call-state.ts';
export type { CallError, MediaErrorCode, ServerErrorCode, SessionErrorCode } from './errors.ts';
export { LocalMedia } from './local-media.ts';
export type { DeviceState, LocalMediaState } from './local-media.ts';
export type { OpenFailure } from './open-failure.ts';
export type { MediaPath, RelayProtocol } from './path.ts';
export type { LocalTracks } from './peer-connection.ts';
export type { Participant } from './protocol.ts';
export { SeatStore } from './seat-store.ts';
export type { Undelivered, UndeliveredReason } from './streams.ts';
