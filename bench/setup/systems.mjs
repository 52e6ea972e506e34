// The systems, and when their sides are ready for the click.

/** Each has its page, the way it begins (what its page makes of `way`), and what must be so before the click at B. */
export const SYSTEMS = {
  course: { page: 'course', way: 'cold' },
  'peerjs-cold': { page: 'peerjs', way: 'cold' },
  'peerjs-warm': { page: 'peerjs', way: 'warm', ready: () => document.body.dataset.state === 'ready' },
  'duet-cold': { page: 'duet', way: 'cold', waits },
  'duet-warm': {
    page: 'duet', way: 'warm', waits, ready: () => window.clock.marks.answer !== undefined && window.clock.marks.camera !== undefined,
  },
  'duet-preconnected': {
    page: 'duet', way: 'preconnected', waits, ready: () => window.clock.marks.dtls !== undefined && window.clock.marks.camera !== undefined,
  },
};

/** Where A's offer lies in the room. */
function waits() {
  return window.clock.told.some(([type]) => type === 'parked');
}

/** What is asked of A otherwise. */
export function isWaiting() {
  return document.body.dataset.state === 'waiting';
}
