// The indentation of the views is for the reader of the source: in their templates it would be shipped.
import { readFileSync } from 'node:fs';

export const views = {
  name: 'views',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]views[\\/]\w+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/\n\s+/g, '\n'), loader: 'ts',
    }));
  },
};
