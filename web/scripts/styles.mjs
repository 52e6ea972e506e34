// A style sheet that a script imports is its text, bundled and made small: an element adopts it.
import { build } from 'esbuild';

/** @param target the browsers the text is for */
export function styles(target) {
  return {
    name: 'styles',
    setup({ onLoad }) {
      onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { outputFiles } = await build({
          entryPoints: [path], bundle: true, minify: true, charset: 'utf8', write: false, target, legalComments: 'none',
        });
        return { contents: outputFiles[0].text.trim(), loader: 'text' };
      });
    },
  };
}
