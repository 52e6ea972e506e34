// The packaged product: what a person downloads, unpacked into an empty folder.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, ROOT } from './needs.mjs';

const FOLDERS = ['target', 'cli/target', 'dist'];
const ARCHIVE = /^duet-.*\.(zip|tar\.gz|tgz)$/;

/**
 * Unpacks the package named by E2E_PACKAGE, or the newest one of the checkout; returns its command and how to remove
 * it.
 */
export function unpack() {
  const archive = process.env.E2E_PACKAGE ?? newest();
  if (archive === undefined || !existsSync(archive)) {
    throw new Error(`there is no package (${archive ?? `duet-*.zip or .tar.gz in ${FOLDERS.join(', ')}`}): ./dev package`);
  }
  if (statSync(archive).isDirectory()) {
    return { command: [join(archive, 'bin', 'duet')], remove: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'duet-package-'));
  if (archive.endsWith('.zip')) {
    execFileSync(program('unzip'), ['-q', archive, '-d', folder]);
  } else {
    execFileSync(program('tar'), ['-xzf', archive, '-C', folder]);
  }
  const command = [folder, ...readdirSync(folder).map((name) => join(folder, name))]
    .map((candidate) => join(candidate, 'bin', 'duet'))
    .find((candidate) => existsSync(candidate));
  if (command === undefined) {
    throw new Error(`${archive} has no bin/duet`);
  }
  return { command: [command], remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function newest() {
  return FOLDERS.map((folder) => join(ROOT, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).filter((name) => ARCHIVE.test(name)).map((name) => join(folder, name)))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}
