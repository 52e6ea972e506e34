// Runs the suites that belong to the protocols Engine.IO and Socket.IO, which are kept in another repository.
//   node suites.mjs DIR                 against Node's own servers, to see that the suites run here
//   node suites.mjs DIR -- COMMAND...   against this server; it is told its port and its times by options
// Their timers are of 200 and 300 ms, which a busy machine misses. So a suite that fails is run again, three times at most,
// and it is said that it was.

import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalServer } from './lib/local-server.mjs';
import { ROOT } from './lib/needs.mjs';

const SUITES = [
  { name: 'engine.io v3', folder: 'engine.io-protocol/v3-test-suite', tests: 23 },
  { name: 'engine.io v4', folder: 'engine.io-protocol/v4-test-suite', tests: 25 },
  { name: 'socket.io v5', folder: 'socket.io-protocol/v5-test-suite', tests: 32 },
];
const ADDRESS = 'http://localhost:3000';
const TIMES = ['--ping-interval', 300, '--ping-timeout', 200, '--connect-timeout', 1000, '--max-payload', 1_000_000];
// In a browser each event of a WebSocket is a task of its own; in Node only when it is asked for. Without it a test of the
// oldest suite that waits for `open` and then for a message misses one that came in the same segment.
const EVENTS_IN_TURN = `
globalThis.WebSocket = class extends WebSocket {
  constructor(url) {
    super(url, [], { allowSynchronousEvents: false });
  }
};
`;
const RETRIES_MAX = 3;
const SUITE_MS = 120_000;
const WORK = join(ROOT, 'target', 'suites');

const HOW = `the suites are not part of this repository; they are got by
  git clone --depth 1 --filter=blob:none --sparse https://github.com/socketio/socket.io socket.io
  git -C socket.io sparse-checkout set docs
and run by
  ./dev suites socket.io`;

const [directory, , ...command] = process.argv.slice(2);
if (directory === undefined) {
  stop(HOW);
}
const docs = join(resolve(directory), 'docs');
for (const { folder } of SUITES) {
  if (!existsSync(join(docs, folder, 'test-suite.js'))) {
    stop(`${join(docs, folder)} has no test-suite.js; ${HOW}`);
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(1));
}
const own = [process.execPath, fileURLToPath(new URL('lib/suite-server.mjs', import.meta.url))];
const server = await LocalServer.listening('suites', (port) => [...(command.length > 0 ? command : own), '--port', port, ...TIMES]);
let red = 0;
try {
  for (const suite of SUITES) {
    red += (await passes(suite, prepare(suite))) ? 0 : 1;
  }
} finally {
  await server.stop();
}
process.exitCode = red === 0 ? 0 : 1;

/** A copy that asks our server, with what it needs from npm; the checkout is left as it is. */
function prepare({ folder }) {
  const copy = join(WORK, folder.replace('/', '-'));
  mkdirSync(copy, { recursive: true });
  for (const file of ['test-suite.js', 'node-imports.js', 'package.json', 'package-lock.json']) {
    cpSync(join(docs, folder, file), join(copy, file));
  }
  const source = readFileSync(join(copy, 'test-suite.js'), 'utf8');
  if (!source.includes(ADDRESS)) {
    stop(`${folder} does not ask ${ADDRESS} any more`);
  }
  writeFileSync(join(copy, 'test-suite.js'), source.replaceAll(ADDRESS, server.url));
  appendFileSync(join(copy, 'node-imports.js'), EVENTS_IN_TURN);
  const installed = join(copy, 'node_modules', '.installed');
  const lock = readFileSync(join(copy, 'package-lock.json'), 'utf8');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: copy, stdio: ['ignore', 'inherit', 'inherit'] });
    writeFileSync(installed, lock);
  }
  return copy;
}

async function passes({ name, tests }, copy) {
  for (let retry = 0; ; retry++) {
    const { passed, failures } = await run(copy);
    const short = passed < tests && failures.length === 0 ? [`only ${passed} of ${tests} tests were run`] : [];
    const wrong = [...failures, ...short];
    const again = retry > 0 ? `, at retry ${retry}` : '';
    console.log(`${name}: ${passed} passed${wrong.length > 0 ? `, ${wrong.length} failed` : ''}${again}`);
    wrong.forEach((words) => console.log(`  ${words}`));
    if (wrong.length === 0 || retry === RETRIES_MAX) {
      return wrong.length === 0;
    }
  }
}

async function run(copy) {
  const arguments_ = [join('node_modules', 'mocha', 'bin', 'mocha'), '--exit', '--reporter', 'json', 'test-suite.js'];
  const options = { cwd: copy, timeout: SUITE_MS, maxBuffer: 1 << 24 };
  const { stdout, stderr, error } = await new Promise((done) =>
    execFile(process.execPath, arguments_, options, (error, stdout, stderr) => done({ error, stdout, stderr })),
  );
  try {
    const { stats, failures } = JSON.parse(stdout.slice(stdout.indexOf('{')));
    return { passed: stats.passes, failures: failures.map((test) => `${test.fullTitle}: ${test.err.message}`) };
  } catch {
    return { passed: 0, failures: [`mocha gave no report: ${(stderr || stdout || String(error)).slice(0, 2_000)}`] };
  }
}

function stop(words) {
  console.error(`suites: ${words}`);
  process.exit(2);
}
