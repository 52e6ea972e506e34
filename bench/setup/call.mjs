// One call: A waits, B clicks, and both show the other.

import { isWaiting } from './systems.mjs';

const READY_MS = 10_000;
const CALL_MS = 15_000;
const POLL_MS = 40;

/** What happened between the click and the picture, in the order it happens in most systems. */
export const STAGES = ['camera', 'socket', 'remote', 'answer', 'local', 'ice', 'dtls', 'filling', 'filled', 'packet', 'received', 'frame'];

/**
 * Returns from the click at B until both show the other's picture, and each side's stages from the click on (negative: it
 * was so before). The page at B is there and ready for `idleMs` before the click.
 */
export async function measure(a, b, url, { idleMs, waits = isWaiting, ready }) {
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
    const wait = async () => {
      const tab = await open(a, 'a');
      await tab.click();
      await until(tab, waits, 'to wait', READY_MS);
      return tab;
    };
    // What B makes ready before the click is for somebody who waits already; otherwise the pages may load together.
    const [ann, bo] = ready === undefined ? await all([wait(), open(b, 'b')]) : [await wait(), await open(b, 'b')];
    await until(bo, ready ?? (() => true), 'to be ready', READY_MS);
    await pause(idleMs);
    await bo.click();
    const seen = () => window.clock.marks.frame !== undefined;
    await Promise.all([ann, bo].map((tab) => until(tab, seen, 'to see the other', CALL_MS)));
    const [there, here] = await Promise.all([ann, bo].map((tab) => tab.evaluate(() => ({ ...window.clock, pictures: undefined }))));
    const pictures = await Promise.all([ann, bo].map((tab) => tab.evaluate(() => window.clock.pictures())));
    return { ...times(there, here), pictures: { a: pictures[0], b: pictures[1] } };
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
  const told = (clock) => clock.told.map(([type, ms]) => [type, Math.round(clock.origin + ms - clickedAt)]);
  if (a.frame < 0 || b.frame < 0) {
    throw new Error('a picture before the click');
  }
  const trouble = [...there.trouble, ...here.trouble];
  return { bothMs: Math.max(a.frame, b.frame), a, b, told: { a: told(there), b: told(here) }, trouble };
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

/** Both, or the first failure when the other one has come to its end too. */
async function all(promises) {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  return settled.map(({ value }) => value);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
