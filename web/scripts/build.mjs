// Builds the page into app/dist: one HTML file, hashed assets, and beside every text its .br and .gz for the server. The clients
// that other people's pages load go to clients/dist, the classic pages as they are to classic/dist.
// esbuild alone: Vite would add a development server, and the page is tried out on the real one.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildClients } from './clients.mjs';
import { compress } from './compressed.mjs';
import { styles } from './styles.mjs';
import { views } from './views.mjs';

/** What a page loads before a call begins, in the larger of its languages. What two have together once they are connected comes later. */
const BUDGET_GZIP_BYTES = 63_000;
const LATER = /^(together|recording|level|several|grid|cues|drag|open-failure|echo|later|en|zh)-/;
const LANGUAGE = /^(en|zh)-/;
const CLASSIC_BUDGET_GZIP_BYTES = 20_000;
const BUDGETED = new Set(['.html', '.js', '.css']);
const TARGET = ['chrome109', 'firefox115', 'safari16.4'];

const app = join(dirname(dirname(fileURLToPath(import.meta.url))), 'app');
const source = join(app, 'src');
const dist = join(app, 'dist');
const assets = join(dist, 'assets');

rmSync(dist, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });

const settings = {
  bundle: true, minify: true, charset: 'utf8', target: TARGET, write: false, logLevel: 'warning', conditions: ['duet-source'],
};
const script = await buildScript();
const style = asset('style', '.css', await bundled('style.css'));
const icon = asset('icon', '.svg', minifyMarkup(readFileSync(join(source, 'icon.svg'), 'utf8')));

const page = readFileSync(join(source, 'index.html'), 'utf8')
  .replace('main.ts', script)
  .replace('style.css', style)
  .replaceAll('icon.svg', icon);
writeFileSync(join(dist, 'index.html'), minifyMarkup(page));

let totalBytes = 0;
let allBytes = 0;
let languageBytes = 0;
for (const file of [join(dist, 'index.html'), ...readdirSync(assets).map((name) => join(assets, name))]) {
  const { plain, gzip, brotli } = compress(file);
  if (BUDGETED.has(extname(file))) {
    allBytes += gzip;
    if (!LATER.test(basename(file))) totalBytes += gzip;
    if (LANGUAGE.test(basename(file))) languageBytes = Math.max(languageBytes, gzip);
  }
  const name = file.slice(dist.length + 1);
  console.log(`${name.padEnd(28)} ${plain} bytes, gzip ${gzip}, brotli ${brotli}`);
}
totalBytes += languageBytes;
console.log(`before a call: gzip ${totalBytes} bytes of ${BUDGET_GZIP_BYTES}; all there is: ${allBytes}`);
if (totalBytes > BUDGET_GZIP_BYTES) {
  console.error(`the page is over its size budget by ${totalBytes - BUDGET_GZIP_BYTES} bytes`);
  process.exit(1);
}
buildClients();
await buildElement();
buildClassic();

/** The page's element for other people's pages, beside what else they load from here. */
async function buildElement() {
  const file = join(dirname(app), 'clients', 'dist', 'lib', 'duet-call.js');
  writeFileSync(file, await bundled('embed.ts', { format: 'iife', plugins: [styles(TARGET), views] }));
  compress(file);
}

/** The classic pages are there to be read, so they are served as they were written. */
function buildClassic() {
  const classic = join(dirname(app), 'classic');
  const target = join(classic, 'dist');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  let bytes = 0;
  for (const name of readdirSync(join(classic, 'src'))) {
    copyFileSync(join(classic, 'src', name), join(target, name));
    bytes += compress(join(target, name)).gzip;
  }
  console.log(`classic: gzip ${bytes} bytes of ${CLASSIC_BUDGET_GZIP_BYTES}`);
  if (bytes > CLASSIC_BUDGET_GZIP_BYTES) {
    console.error(`the classic pages are over their size budget by ${bytes - CLASSIC_BUDGET_GZIP_BYTES} bytes`);
    process.exit(1);
  }
}

async function bundled(entry, more = {}) {
  const { outputFiles } = await build({ ...settings, ...more, entryPoints: [join(source, entry)], legalComments: 'none' });
  return outputFiles[0].text;
}

/** The page's script, and beside it the parts that it loads when they are needed; returns its address relative to the page. */
async function buildScript() {
  const { metafile } = await build({
    ...settings,
    write: true,
    metafile: true,
    entryPoints: { app: join(source, 'main.ts') },
    format: 'esm',
    splitting: true,
    outdir: assets,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    plugins: [styles(TARGET), views],
    legalComments: 'none',
  });
  const [entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith('main.ts'));
  return `assets/${basename(entry)}`;
}

/** Writes an asset under a name that changes with its content, and returns its address relative to the page. */
function asset(name, extension, text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  writeFileSync(join(assets, `${name}-${hash}${extension}`), text);
  return `assets/${name}-${hash}${extension}`;
}

/** Line breaks between tags, the indentation and comments are for the reader of the source. */
function minifyMarkup(text) {
  return `${text.replace(/<!--[^]*?-->\s*/g, '').replace(/\n\s*/g, '\n').trim()}\n`;
}
