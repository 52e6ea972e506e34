const MAP_COMMENT = /\/\/# sourceMappingURL=\S+\s*$/;

/** The library as it is, the addition, and the comment that names the map once more: browsers look for it behind all code. */
export function withPageNonce(library, addition) {
  const manager = /\bexport\s*\{[^}]*?([\w$]+) as Manager\b/.exec(library)?.[1] ?? "typeof io === 'function' && io.Manager";
  const script = addition.replace('/* Manager */', () => manager);
  return `${library}${library.endsWith('\n') ? '' : '\n'};${script}${MAP_COMMENT.exec(library)?.[0].trim() ?? ''}\n`;
}
