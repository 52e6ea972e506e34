// What can be said about a message without a browser: how it is written, read and summed up. Nothing here touches the page or the
// network, so all of it is tested by itself (web/classic/test).

/** A chat line as it travels in a `message` event: one string, the sender's name and the text with a colon between them. */
export function chatLine(name, text) {
  return `${name.replaceAll(':', ' ').trim()}:${text}`;
}

/** The two parts of a chat line. The text may hold colons, the name may not; a line without a colon has no name. */
export function readChatLine(line) {
  const colon = line.indexOf(':');
  return colon < 0 ? { name: '', text: line } : { name: line.slice(0, colon), text: line.slice(colon + 1) };
}

/**
 * A candidate as this dialect writes it. `label` and `id` say which part of the description it belongs to: the same as
 * `sdpMLineIndex` and `sdpMid` of the standard.
 */
export function candidateMessage({ sdpMLineIndex, sdpMid, candidate }) {
  return { type: 'candidate', label: sdpMLineIndex, id: sdpMid, candidate };
}

/** The same the other way: what `addIceCandidate` takes. */
export function candidateInit({ label, id, candidate }) {
  return { sdpMLineIndex: label, sdpMid: id, candidate };
}

/** What kind of message the data of a `message` event is: offer, answer, candidate, or something this page does not know. */
export function kindOf(data) {
  const type = typeof data === 'object' && data !== null ? data.type : undefined;
  if ((type === 'offer' || type === 'answer') && typeof data.sdp === 'string') return type;
  if (type === 'candidate' && typeof data.candidate === 'string') return type;
  return 'unknown';
}

/** A few words for the log: what is inside. */
export function summary(args) {
  const data = args.at(-1);
  switch (kindOf(data)) {
    case 'offer':
    case 'answer':
      return `${data.type}: ${mediaOf(data.sdp).join(', ')}`;
    case 'candidate':
      return `candidate: ${pathOf(data.candidate)}`;
    default:
      return args.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(', ');
  }
}

/** What a description speaks of: its lines that begin with `m=`. A data channel is called `application` there. */
function mediaOf(sdp) {
  return [...sdp.matchAll(/^m=(\w+)/gm)].map(([, kind]) => kind);
}

/** The way a candidate offers: protocol, address and port, and how it was found (host, srflx, prflx, relay). */
function pathOf(candidate) {
  const [, , protocol, , address, port, , type] = candidate.split(' ');
  return type === undefined ? 'the last one' : `${type}, ${protocol.toLowerCase()} ${address} ${port}`;
}

/** How many bytes a message's arguments take as JSON, in UTF-8. */
export function sizeOf(args) {
  return new TextEncoder().encode(JSON.stringify(args)).length;
}

/** A time of day with milliseconds, as the log shows it. */
export function clock(date) {
  const two = (number) => String(number).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

/** The room in an address such as `call.html?room=42`, or the one that is given. */
export function roomOf(search, otherwise) {
  return new URLSearchParams(search).get('room') || otherwise;
}

/** Chinese for whoever prefers it to English, English for everybody else. */
export function pickLanguage(languages) {
  const known = languages.find((each) => /^(zh|en)\b/i.test(each));
  return /^zh/i.test(known ?? '') ? 'zh' : 'en';
}
