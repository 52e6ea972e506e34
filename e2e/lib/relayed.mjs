// Whether a person's call goes by a relay, by what the browser says and by what the page shows.

/* global find */

import assert from 'node:assert/strict';

const PAIR_MS = 10_000;

/** Waits until both ends of this person's pair are relayed, this one by one of the protocols, and the page says so too. */
export async function usesRelay(person, ...protocols) {
  const deadline = Date.now() + PAIR_MS;
  let pair;
  do {
    pair = await person.pair();
    if (protocols.includes(pair?.local.relayProtocol) && pair.remote.candidateType === 'relay') {
      assert.equal(pair.local.candidateType, 'relay');
      await shows(person, `relayed (${pair.local.relayProtocol.toUpperCase()})`);
      return pair;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < deadline);
  throw new Error(`${person.name} (${person.kind}) is not relayed over ${protocols.join(' or ')} at both ends: ${JSON.stringify(pair)}`);
}

/** Waits until the page names this path. */
export async function shows(person, path) {
  const condition = (wanted) => find('#path')?.textContent === wanted;
  await person.waitFor(`the page to say "${path}"`, condition, [path], PAIR_MS);
}
