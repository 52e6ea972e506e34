// Builds @duet/client for npm into client/dist: ESM that any bundler or browser takes, and its types.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What `join` needs. Chat, files, recordings and graphs come by `import()` while the call connects. */
const BUDGET_GZIP_BYTES = 23_700;

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(web, 'client', 'dist');

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['index', 'stage-histograms'].map((name) => join(web, 'client', 'src', `${name}.ts`)),
  outdir: dist,
  bundle: true,
  minify: true,
  splitting: true,
  format: 'esm',
  charset: 'utf8',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  sourcemap: true,
  chunkNames: '[name]-[hash]',
  metafile: true,
  absWorkingDir: web,
  logLevel: 'warning',
});
execFileSync(join(web, 'node_modules', '.bin', 'tsc'), ['-p', join(web, 'tsconfig.sdk.json')], { stdio: 'inherit' });
for (const file of readdirSync(join(dist, 'types'))) {
  const path = join(dist, 'types', file);
  // A consumer's compiler looks for the types of a script, and there are no sources.
  writeFileSync(path, readFileSync(path, 'utf8').replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"));
}

const needed = staticallyNeeded('client/dist/index.js');
const bytes = sum(needed);
console.log(`@duet/client: gzip ${bytes} bytes of ${BUDGET_GZIP_BYTES} to begin a call, ${sum(scripts())} in all`);
if (bytes > BUDGET_GZIP_BYTES) {
  console.error(`the SDK is over its size budget by ${bytes - BUDGET_GZIP_BYTES} bytes`);
  process.exit(1);
}

function staticallyNeeded(output, known = new Set()) {
  known.add(output);
  for (const { path, kind } of metafile.outputs[output].imports) {
    if (kind === 'import-statement' && !known.has(path)) staticallyNeeded(path, known);
  }
  return [...known];
}

function scripts() {
  return Object.keys(metafile.outputs).filter((output) => output.endsWith('.js'));
}

function sum(outputs) {
  return outputs.reduce((total, output) => total + gzipSync(readFileSync(join(web, output)), { level: 9 }).length, 0);
}
