// Runs the scenarios, one file after the other, and closes with the test runner's own summary.
//   node run.mjs            every pair of browsers
//   node run.mjs --short    one pair for each scenario
//   node run.mjs --long     long calls last longer
//   node run.mjs call nginx only these

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET } from './lib/needs.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ALL = [
  'oracle', 'call', 'features', 'refusals', 'leaving', 'restart', 'signaling-cut', 'plain', 'address',
  'outside', 'nginx', 'package', 'relay', 'turnutils', 'immunity', 'streams', 'sleep', 'socketio', 'course',
  'classic', 'accessibility',
];

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
const files = (names.length > 0 ? names : ALL).map((name) => join(HERE, `${name}.test.mjs`));
// One file at a time: each has browsers of its own, and two sets of them on two cores measure each other.
const arguments_ = ['--test', '--test-reporter=spec', '--test-concurrency=1', ...files];
const { status } = spawnSync(process.execPath, arguments_, {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(process.argv.includes('--short') ? { E2E_PAIRS: 'short' } : {}),
    ...(process.argv.includes('--long') ? { E2E_LONG: '1' } : {}),
  },
});
process.exit(status ?? 1);
