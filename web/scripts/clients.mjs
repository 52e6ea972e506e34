// Puts the browser clients that other people's pages ask for into clients/dist: Socket.IO as socket.io/<major>/..., under the names
// its own packages have, each with clients/src/page-nonce.js behind it, and webrtc-adapter; with their licences and, in
// versions.properties, what they are.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compress } from './compressed.mjs';
import { withPageNonce } from './page-nonce.mjs';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(web, 'clients', 'dist');
const modules = join(web, 'node_modules');
const SOCKET_IO_MAJORS = [2, 3, 4];
const PAGE_NONCE = readFileSync(join(web, 'clients', 'src', 'page-nonce.js'), 'utf8');

/** The scripts of one package; those with msgpack write what the server does not read. */
function isSpokenTo(name) {
  return name.startsWith('socket.io.') && !name.includes('msgpack');
}

export function buildClients() {
  rmSync(dist, { recursive: true, force: true });
  const versions = ['# Which packages these files are from.'];
  const notices = new Map();
  for (const major of SOCKET_IO_MAJORS) {
    const source = join(modules, `socket.io-client-${major}`);
    copy(join(source, 'dist'), join(dist, 'socket.io', String(major)), isSpokenTo, (text) => withPageNonce(text, PAGE_NONCE));
    versions.push(`socket.io.${major}=${manifest(source).version}`);
    collect(source, notices);
  }
  const adapter = join(modules, 'webrtc-adapter');
  copy(join(adapter, 'out'), join(dist, 'lib'), (name) => name === 'adapter.js');
  versions.push(`adapter=${manifest(adapter).version}`);
  collect(adapter, notices);
  // Bundled into the page's script.
  collect(join(modules, 'lit'), notices);
  writeFileSync(join(dist, 'versions.properties'), `${versions.join('\n')}\n`);
  writeFileSync(join(dist, 'lib', 'licenses.txt'), licences(notices));
  console.log(`clients: ${versions.slice(1).join(', ')}; ${notices.size} licences`);
}

/** @param change what becomes of a script's text */
function copy(from, to, wanted, change = (text) => text) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter(wanted)) {
    const file = join(to, name);
    const text = readFileSync(join(from, name), 'utf8');
    const isScript = extname(name) === '.js';
    writeFileSync(file, isScript ? change(text) : text);
    // Maps are read by whoever opens the developer tools; compressed twice they would be most of the package.
    if (isScript) compress(file);
  }
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** The package and all it depends on: its bundle may hold any of them. */
function collect(folder, notices) {
  const { name, version, license, author, dependencies = {} } = manifest(folder);
  const id = `${name} ${version}`;
  if (notices.has(id)) return;
  const holder = typeof author === 'string' ? author : author?.name;
  notices.set(id, {
    license: license ?? 'its text says which',
    text: licenceText(folder) ?? `By ${holder ?? `the authors of ${name}`}, who name the licence and bring no text of it.`,
  });
  for (const dependency of Object.keys(dependencies)) {
    if (!dependency.startsWith('@types/')) collect(resolve(folder, dependency), notices);
  }
}

/** The licence's file, or what the readme says of it. */
function licenceText(folder) {
  const names = readdirSync(folder);
  const file = names.find((each) => /^licen[cs]e/i.test(each));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim();
  const readme = names.find((each) => /^readme/i.test(each));
  if (readme === undefined) return undefined;
  return /^#+ *licen[cs]e[^]*/im.exec(readFileSync(join(folder, readme), 'utf8'))?.[0].trim();
}

/** As node finds a package: in the nearest node_modules that has it. */
function resolve(from, name) {
  for (let folder = from; folder.startsWith(modules); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(found)) return found;
  }
  return join(modules, name);
}

function licences(notices) {
  const lead = 'What Duet serves to browsers and is not its own, all that it is made of, and the licences it comes under:';
  const parts = [...notices].sort(([a], [b]) => a.localeCompare(b)).map(
    ([id, { license, text }]) => `${'-'.repeat(72)}\n${id} (${license})\n\n${text}\n`,
  );
  return `${lead}\n\n${parts.join('\n')}`;
}
