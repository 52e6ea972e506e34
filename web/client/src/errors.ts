/**
 * Every error a Duet client can meet, by its stable code. A code is never renamed and never reused.
 *
 * - *Server* codes come in `error` messages (docs/protocol.md, "error").
 * - *Session* codes are this client's own findings about its connection to the server.
 * - *Deed* codes say why something that was asked of a call was not done.
 * - *Media* codes say why there is no microphone or no camera. The call goes on without them.
 */

/** The server's codes; the server may learn new ones, so any other text is possible. */
export type ServerErrorCode =
  | 'bad-json'
  | 'bad-message'
  | 'unknown-type'
  | 'unsupported'
  | 'message-too-large'
  | 'rate-limited'
  | 'subprotocol-missing'
  | 'room-name-invalid'
  | 'name-invalid'
  | 'already-in-room'
  | 'not-in-room'
  | 'unknown-participant'
  | 'participant-away'
  | 'candidate-too-large'
  | 'too-many-candidates'
  | 'description-too-large'
  | 'out-of-sequence'
  | 'window-full'
  | 'join-refused'
  | 'anonymous-refused'
  | 'unavailable';

export type SessionErrorCode =
  /** The browser has no WebRTC, or it is switched off: `join` rejects before it asks for a seat. */
  | 'no-webrtc'
  /** The server refused the WebSocket of this page; open-failure.ts. */
  | 'origin-refused'
  | 'host-refused'
  /** The server closed the connection for its limits or its policy (close code 1008). */
  | 'policy'
  /** The server closed the connection over a fault of this client (1002, 1003, 1007, 1009). */
  | 'client-fault';

export type DeedErrorCode =
  /** Nobody is there to say it or to send it to. */
  | 'not-connected'
  /** The other has not agreed to be recorded. */
  | 'recording-refused'
  /** Only a room for two can be recorded. */
  | 'recording-for-two';

export type MediaErrorCode =
  /** The page is not in a secure context: browsers give no camera or microphone to it. */
  | 'insecure-context'
  /** The person, the browser's settings or the system said no. */
  | 'permission-denied'
  /** There is no such device. */
  | 'no-device'
  /** Another program has it. */
  | 'device-busy'
  /** It was there and went away. */
  | 'device-lost'
  | 'device-failed';

/** An error that ends the session. `message` and `fix` are the server's words, in English. */
export interface CallError {
  readonly code: ServerErrorCode | SessionErrorCode | (string & {});
  readonly message: string;
  readonly fix?: string;
}

/** Why a call did not begin. `code` is of the union in errors.ts, or the reason it ended for. */
export class DuetError extends Error {
  readonly code: string;
  readonly fix: string | undefined;

  constructor(code: string, message: string, fix?: string) {
    super(message);
    this.name = 'DuetError';
    this.code = code;
    this.fix = fix;
  }
}

/** Names the reason behind a rejected `getUserMedia`. */
export function mediaErrorCode(name: string): MediaErrorCode {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permission-denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no-device';
    case 'NotReadableError':
    case 'AbortError':
      return 'device-busy';
    default:
      return 'device-failed';
  }
}
