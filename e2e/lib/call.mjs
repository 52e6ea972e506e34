// The call every product scenario must carry: create, invite, join, see and hear each other, leave, be told.

/* global find */

import assert from 'node:assert/strict';

/**
 * Two people call each other by the page at `url`; returns how long each part took. `invitation` makes of the link what the second
 * one opens; `during` happens while both see and hear the other.
 */
export async function wholeCall(ann, bo, url, { invitation = (link) => link, during = async () => undefined } = {}) {
  const timings = {};
  const link = await timed(timings, 'created', () => ann.create(url));
  assert.ok(link.startsWith(url), `the invitation link ${link} is under ${url}`);
  await timed(timings, 'connected', async () => {
    await bo.join(invitation(link));
    await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
  });
  await timed(timings, 'perceived', () => Promise.all([ann.perceives(bo), bo.perceives(ann)]));
  // A picture that began anew with every change of the page would be perceived too, now and then.
  await Promise.all([ann, bo].map((person) => person.waitFor('the picture to go on', () => find('#remote').currentTime > 2)));
  assert.equal((await ann.shown()).other, 'present');
  assert.equal((await bo.shown()).other, 'present');
  await during();
  await timed(timings, 'left', async () => {
    await bo.click('#leave');
    await Promise.all([bo.reach(['ended']), ann.reachOther('none', 5_000)]);
  });
  assert.notEqual((await ann.shown()).state, 'connected');
  await timed(timings, 'closed', async () => {
    await ann.click('#leave');
    await ann.reach(['ended']);
    await Promise.all([ann.closeTab(), bo.closeTab()]);
  });
  return Object.entries(timings)
    .map(([part, ms]) => `${part} ${ms} ms`)
    .join(', ');
}

async function timed(timings, part, action) {
  const started = Date.now();
  const result = await action();
  timings[part] = Date.now() - started;
  return result;
}
