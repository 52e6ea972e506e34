// Runs the scenarios, and closes with the test runner's own summary of each of its two lanes.
//   node run.mjs            every pair of browsers
//   node run.mjs --short    one pair for each scenario
//   node run.mjs --long     long calls last longer
//   node run.mjs call nginx only these

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET } from './lib/needs.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Those that look at times come last: nothing goes on beside them then. */
const ALL = [
  'oracle', 'turnutils', 'immunity', 'streams', 'socketio',
  'call', 'features', 'mesh', 'refusals', 'middle', 'plain', 'address', 'outside', 'nginx', 'manual', 'package', 'course', 'classic',
  'accessibility', 'keyboard', 'embedding', 'echo', 'seat',
  'leaving', 'restart', 'signaling-cut', 'faults', 'glare', 'relay', 'sleep',
];

/**
 * What mostly waits and needs no browser goes on beside the others. Of those with browsers there is one at a time: two sets of
 * them on two cores measure each other.
 */
const BROWSERLESS = ['oracle', 'turnutils', 'immunity', 'streams', 'socketio'];

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = names.filter((name) => !ALL.includes(name));
if (unknown.length > 0) {
  console.error(`no scenario ${unknown.join(', ')}; there are ${ALL.join(', ')}`);
  process.exit(2);
}
if (!existsSync(join(HERE, 'node_modules', 'puppeteer-core'))) {
  console.error(`the e2e tests are not installed: npm ci --prefix ${HERE}`);
  process.exit(2);
}
mkdirSync(TARGET, { recursive: true });
const asked = names.length > 0 ? names : ALL;
const lanes = [asked.filter((name) => !BROWSERLESS.includes(name)), asked.filter((name) => BROWSERLESS.includes(name))];
const [first, second] = await Promise.all(lanes.filter((lane) => lane.length > 0).map(run));
process.stdout.write(second?.said ?? '');
process.exit(first.status || (second?.status ?? 0));

/** Runs these, one file after the other; what comes after the first lane is kept until it has been said. */
function run(lane, index) {
  const files = lane.map((name) => join(HERE, `${name}.test.mjs`));
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=1', ...files], {
    stdio: ['inherit', index === 0 ? 'inherit' : 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...(process.argv.includes('--short') ? { E2E_PAIRS: 'short' } : {}),
      ...(process.argv.includes('--long') ? { E2E_LONG: '1' } : {}),
    },
  });
  const said = [];
  child.stdout?.on('data', (data) => said.push(data));
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status: status ?? 1, said: Buffer.concat(said) }));
  });
}
