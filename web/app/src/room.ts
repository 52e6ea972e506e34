/** Rooms and the addresses that lead to them. Pure, but for the random numbers that are handed in. */

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ROOM_CHARACTERS = 21;

/** A room nobody can guess: 21 characters of base32, 105 random bits. */
export function newRoom(randomBytes: (count: number) => Uint8Array): string {
  return Array.from(randomBytes(ROOM_CHARACTERS), (byte) => ALPHABET[byte & 31]).join('');
}

/** The room in a page's fragment, or nothing. */
export function roomOf(hash: string): string | undefined {
  const text = hash.replace(/^#/, '');
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing is part of the name as somebody typed it.
    return text;
  }
}

/** A room of ours in a link to which something was glued that cannot belong to it, or which lost its case: that is certain. */
export function mended(room: string): string {
  const own = /^[^a-z0-9]*([a-z2-7]{21})(?:[^a-z0-9].*)?$/is.exec(room)?.[1];
  return own?.toLowerCase() ?? room;
}

/**
 * Whether it looks like a room of ours that lost a character, got one, or has one that we never write. Nobody can say which room that was, and
 * two people who open it in two forms wait in two rooms.
 */
export function seemsDamaged(room: string): boolean {
  const digits = room.match(/\d+/g);
  return digits !== null && digits.length > 1 && /^[a-z\d]{17,25}$/i.test(room) && !/^[a-z2-7]{21}$/.test(room);
}

/** Whether the page's address asks for calls that go through a relay only. */
export function isRelayOnly(page: string): boolean {
  return new URL(page).searchParams.get('relay') === 'only';
}

/** The link to a room. That a call is to be relayed only is part of it, so that it holds for both sides. */
export function linkTo(room: string, page: string): string {
  const url = new URL(page);
  url.search = isRelayOnly(page) ? 'relay=only' : '';
  url.hash = encodeURIComponent(room);
  return url.href;
}

/** The WebSocket address of the server that gave this page, whatever folder it is served under. */
export function socketAddress(page: string): string {
  const url = new URL('ws', page);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url.href;
}

/** Whether a link leads no further than the machine it was made on. */
export function isOnlyHere(link: string): boolean {
  const { hostname } = new URL(link);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
