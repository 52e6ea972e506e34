// One call: A waits, B clicks, and both show the other.

import { isWaiting } from './systems.mjs';

const READY_MS = 10_000;
const CALL_MS = 15_000;
/** What is still going on when both say that they are ready is over then. */
const SETTLE_MS = 400;
const POLL_MS = 40;

/** What happened between the click and the picture, in the order it happens in most systems. */
export const STAGES = ['camera', 'socket', 'remote', 'answer', 'local', 'ice', 'dtls', 'filling', 'filled', 'packet', 'received', 'frame'];

/**
 * Returns from the click at B until both show the other's picture, and each side's stages from the click on (negative: it
 * was so before).
 */
export async function measure(a, b, url, { waits = isWaiting, ready = () => true }) {
  const opened = [];
  const open = async (agent, side) => {
    const page = await agent.call('openAlone', `${url}&side=${side}${side === 'a' ? '&waits' : ''}`);
    const tab = {
      side,
      click: () => agent.call('click', page, '#go'),
      evaluate: (action) => agent.call('evaluate', page, String(action), []),
      close: () => agent.call('closePage', page),
    };
    opened.push(tab);
    return tab;
  };
  try {
    const ann = await open(a, 'a');
    await ann.click();
    await until(ann, waits, 'to wait', READY_MS);
    const bo = await open(b, 'b');
    await until(bo, ready, 'to be ready', READY_MS);
    await pause(SETTLE_MS);
    await bo.click();
    const seen = () => window.clock.marks.frame !== undefined;
    await Promise.all([ann, bo].map((tab) => until(tab, seen, 'to see the other', CALL_MS)));
    const [there, here] = await Promise.all([ann, bo].map((tab) => tab.evaluate(() => window.clock)));
    return times(there, here);
  } finally {
    await Promise.all(opened.map((tab) => tab.close()));
  }
}

function times(there, here) {
  const clickedAt = here.origin + here.marks.click;
  const since = ({ origin, marks }) => Object.fromEntries(
    STAGES.filter((stage) => marks[stage] !== undefined).map((stage) => [stage, origin + marks[stage] - clickedAt]),
  );
  const [a, b] = [since(there), since(here)];
  if (a.frame < 0 || b.frame < 0) {
    throw new Error('a picture before the click');
  }
  return { bothMs: Math.max(a.frame, b.frame), a, b, told: here.told.map(([type, ms]) => [type, Math.round(here.origin + ms - clickedAt)]), trouble: [...there.trouble, ...here.trouble] };
}

async function until(tab, condition, what, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (!(await tab.evaluate(condition))) {
    if (Date.now() > deadline) {
      const clock = await tab.evaluate(() => [document.body.dataset.state, window.clock]);
      throw new Error(`${tab.side} did not come ${what} within ${timeoutMs} ms: ${JSON.stringify(clock)}`);
    }
    await pause(POLL_MS);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
