// The systems, and when their sides are ready for the click.

const DUET = {
  cold: { waits },
  warm: { waits, ready: () => window.clock.marks.answer !== undefined && window.clock.marks.camera !== undefined },
  preconnected: {
    waits, ready: () => window.clock.marks.dtls !== undefined && window.clock.marks.camera !== undefined,
  },
};

/** The same of the build that `--old` names. */
export const OLD = duet('old');

/** Each has its page, the way it begins (what its page makes of `way`), and what must be so before the click at B. */
export const SYSTEMS = {
  course: { page: 'course', way: 'cold' },
  'peerjs-cold': { page: 'peerjs', way: 'cold' },
  'peerjs-warm': { page: 'peerjs', way: 'warm', ready: () => document.body.dataset.state === 'ready' },
  ...duet('duet'),
  ...OLD,
};

function duet(server) {
  return Object.fromEntries(Object.entries(DUET).map(([way, when]) => [`${server}-${way}`, { page: 'duet', server, way, ...when }]));
}

/** Where A's offer lies in the room. */
function waits() {
  return window.clock.told.some(([type]) => type === 'parked');
}

/** What is asked of A otherwise. */
export function isWaiting() {
  return document.body.dataset.state === 'waiting';
}
