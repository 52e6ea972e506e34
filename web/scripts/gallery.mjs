// Builds target/gallery/gallery.html: every state of the page from made-up data, for whoever works on how it looks. Not shipped.
import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { styles } from './styles.mjs';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(web, 'target', 'gallery');
// One script that is no module can be opened as a file.
await build({
  entryPoints: [join(web, 'app', 'src', 'gallery.ts')],
  outdir: out, bundle: true, charset: 'utf8', format: 'iife', plugins: [styles('chrome120')], logLevel: 'warning',
});
copyFileSync(join(web, 'app', 'src', 'gallery.html'), join(out, 'gallery.html'));
console.log(`${join(out, 'gallery.html')}#STATE?theme=dark&lang=zh`);
