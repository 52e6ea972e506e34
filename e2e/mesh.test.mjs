// Three people in a room for three: each sees and hears the two others; one leaves and comes back; a fourth one finds it full.
// And four in a room for four.

/* global find */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Scene, SHORT } from './lib/scene.mjs';

/** Three browsers on one machine take their time. */
const MEDIA_MS = 40_000;

describe('a room for three', { timeout: 300_000 }, () => {
  const scene = new Scene('mesh');
  let ann;
  let bo;
  let cy;
  let link;

  before(async () => {
    await scene.open({ arguments: ['--capacity', '3'] });
    await scene.trustServer();
    const numbers = { ann: 1, bo: 2, cy: 3 };
    [ann, bo, cy] = await Promise.all(Object.entries(numbers).map(([name, number]) => scene.person(name, 'chromium', number)));
    link = await ann.create(scene.url);
  });
  after(() => scene.close());

  it('each sees and hears the two others', scene.test(async () => {
    await bo.join(link);
    await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
    await Promise.all([ann.perceives(bo, MEDIA_MS), bo.perceives(ann, MEDIA_MS)]);
    await cy.join(link);
    await Promise.all([ann, bo, cy].map((person) => members(person, 2)));
    await perceive(ann, bo, cy);
    await perceive(bo, ann, cy);
    await perceive(cy, ann, bo);
  }));

  it('a fourth one is told that the room is full, and nobody notices', scene.test(async () => {
    // On a host that is there: a fourth browser is more than a small machine has room for.
    const di = cy.tab();
    await di.open(link);
    await di.reach(['invited']);
    await di.waitFor('the word for it', () => /full|坐满/.test(find('main#app').innerText));
    await di.click('#join');
    await di.reach(['ended']);
    assert.equal((await di.shown()).reason, 'full');
    await di.closeTab();
    await Promise.all([ann, bo, cy].map((person) => members(person, 2)));
  }));

  it('what one writes reaches both, and is delivered when both have it', scene.test(async () => {
    await bo.click('#chat');
    await bo.evaluate(() => {
      find('#say').value = 'to all of you';
      find('#say').dispatchEvent(new Event('input', { bubbles: true }));
    });
    await bo.click('#send');
    await bo.waitFor('the tick', () => find('#messages .tick[data-delivered]') !== null);
    await bo.click('#close');
    for (const person of [ann, cy]) {
      await person.click('#chat');
      await person.waitFor('the message', () => find('#messages li')?.textContent.includes('to all of you'));
      await person.click('#close');
    }
  }));

  it('with each of the others there is another safety code, the same on both sides', scene.test(async () => {
    const [ofAnn, ofBo, ofCy] = [await codes(ann), await codes(bo), await codes(cy)];
    assert.equal(ofAnn[0], ofBo[0], 'Ann and Bo');
    assert.equal(ofAnn[1], ofCy[0], 'Ann and Cy');
    assert.equal(ofBo[1], ofCy[1], 'Bo and Cy');
    assert.equal(new Set([...ofAnn, ofBo[1]]).size, 3);
  }));

  it('who is muted is said so in their place', scene.test(async () => {
    await bo.click('#mic');
    await ann.waitFor('Bo to be muted', () => find('.member:nth-of-type(1) .off') !== null);
    await cy.waitFor('Bo to be muted', () => find('.member:nth-of-type(2) .off') !== null);
    assert.equal(await ann.evaluate(() => find('.member:nth-of-type(2) .off')), null, 'Cy is not');
    await bo.click('#mic');
  }));

  it('when one leaves the two others go on, and are three again when they come back', scene.test(async () => {
    await bo.click('#leave');
    await bo.reach(['ended']);
    await Promise.all([ann, cy].map((person) => members(person, 0)));
    await Promise.all([ann.perceives(cy, MEDIA_MS), cy.perceives(ann, MEDIA_MS)]);

    await bo.click('#again');
    await Promise.all([ann, bo, cy].map((person) => members(person, 2)));
    await perceive(ann, cy, bo);
    await perceive(bo, ann, cy);
    await perceive(cy, ann, bo);
  }));
});

/** Four browsers are for the full form, with few and small pictures: twelve of them go and twelve come on one machine. */
(SHORT ? () => {} : describe)('a room for four', { timeout: 240_000 }, () => {
  const scene = new Scene('mesh-four');

  before(async () => {
    await scene.open({ arguments: ['--capacity', '4'] });
    await scene.trustServer();
  });
  after(() => scene.close());

  it('each sees the three others, and has a safety code with each', scene.test(async () => {
    const [ann, ...others] = await Promise.all(
      ['ann', 'bo', 'cy', 'di'].map((name, i) => scene.person(name, 'chromium', i + 1, { watch: { thrifty: true } })),
    );
    const link = await ann.create(scene.url);
    const people = [ann];
    for (const person of others) {
      people.push(person);
      await person.join(link);
      if (people.length > 2) await Promise.all(people.map((one) => members(one, people.length - 1)));
      else await Promise.all(people.map((one) => one.reach(['connected'])));
    }
    const all = [];
    for (const person of people) {
      const rest = people.filter((one) => one !== person);
      await until(`${person.name} to see the others`, async () => (await mistaken(person, rest)).length === 0);
      const read = await codes(person, 3);
      all.push(Object.fromEntries(rest.map((one, i) => [one.name, read[i]])));
    }
    for (const [i, one] of people.entries()) {
      for (const [j, other] of people.entries()) {
        if (i < j) assert.equal(all[i][other.name], all[j][one.name], `${one.name} and ${other.name}`);
      }
    }
    assert.equal(new Set(all.flatMap((of) => Object.values(of))).size, 6);
  }));
});

/** Waits until so many others have their place in the grid and are connected; none is a call of two. */
async function members(person, count) {
  const there = (wanted) => {
    const grid = find('.grid');
    const connected = grid?.querySelectorAll('.member[data-way="connected"]').length ?? 0;
    return find('main#app').dataset.state === 'connected' && connected === wanted && (wanted > 0 || grid === null);
  };
  await person.waitFor(`${count} others`, there, [count]);
}

/** These, in the order of their places. */
async function perceive(person, ...others) {
  for (const [i, other] of others.entries()) {
    const looking = Object.create(person, { video: { value: `.member:nth-of-type(${i + 1}) video` } });
    await looking.perceives(other, MEDIA_MS);
  }
}

/** Whose place shows another picture than theirs, and why. */
async function mistaken(person, others) {
  const reasons = [];
  for (const [i, other] of others.entries()) {
    const looking = Object.create(person, { video: { value: `.member:nth-of-type(${i + 1}) video` } });
    const missed = (await looking.misses(other)).filter((reason) => /another colour|no picture/.test(reason));
    reasons.push(...missed.map((reason) => `${other.name}: ${reason}`));
  }
  return reasons;
}

async function until(what, condition) {
  const deadline = Date.now() + MEDIA_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${MEDIA_MS} ms for ${what}`);
  }
}

/** What there is to be read to each of the others. */
async function codes(person, count = 2) {
  await person.choose('#menu-safety');
  await person.waitFor('the codes', (wanted) => find('#panel')?.querySelectorAll('.safety').length === wanted, [count]);
  const read = await person.evaluate(() => [...find('#panel').querySelectorAll('.safety')].map((code) => code.textContent));
  await person.click('#close');
  return read.map((code) => code.replace(/\s+/g, ' ').trim());
}
