// Bundles every *.test.ts and *.test.mjs, and runs node's own test runner over the result; arguments go to the runner.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(web, 'target', 'test');
rmSync(out, { recursive: true, force: true });

const entryPoints = ['client/test', 'app/test', 'classic/test', 'clients/test'].flatMap((folder) =>
  readdirSync(join(web, folder))
    .filter((file) => /\.test\.(ts|mjs)$/.test(file))
    .map((file) => join(web, folder, file)),
);
await build({
  entryPoints,
  outdir: out,
  outbase: web,
  bundle: true,
  conditions: ['duet-source'],
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  external: ['ajv/*', 'ajv'],
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});

const files = entryPoints.map((file) =>
  join(out, basename(dirname(dirname(file))), 'test', basename(file).replace(/\.ts$/, '.mjs')),
);
const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-timeout=240000', ...process.argv.slice(2), ...files], {
  cwd: web,
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
