// Beside a text, its .br and .gz: the server sends what a browser takes and compresses nothing itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Writes both forms of a file; returns the sizes. */
export function compress(file) {
  const content = readFileSync(file);
  const gzip = gzipSync(content, { level: 9 });
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
  writeFileSync(`${file}.gz`, gzip);
  writeFileSync(`${file}.br`, brotli);
  return { plain: content.length, gzip: gzip.length, brotli: brotli.length };
}
