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
