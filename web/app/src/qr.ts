/**
 * A link as a QR code: ISO/IEC 18004, byte mode, error correction level L, versions 1 to 6, which hold 134 bytes. On a
 * screen nothing is torn or dirty, so the lowest level gives the fewest and therefore the largest modules. Pure.
 */

export interface QrDrawing {
  /** Modules on a side, the quiet zone included. */
  readonly size: number;
  /** For an SVG path: every dark module is a square of one unit. */
  readonly path: string;
}

type Modules = boolean[][];
type Mask = (x: number, y: number) => boolean;

/** Of versions 1 to 6: data codewords of a block, error correction codewords of a block, blocks. */
const VERSIONS = [[19, 7, 1], [34, 10, 1], [55, 15, 1], [80, 20, 1], [108, 26, 1], [68, 18, 2]] as const;
/** Light modules around the code: scanners need them to find it. */
const QUIET_ZONE = 4;
const MASKS: readonly Mask[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The drawing, or nothing for a text that is too long. */
export function qrOf(text: string): QrDrawing | undefined {
  const modules = qrModules(text);
  if (modules === undefined) return undefined;
  // Runs of a row as one rectangle: a shorter text, and no hairlines between modules.
  const path = modules.flatMap((row, y) =>
    runs(row).map(([x, width]) => `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h${width}v1h-${width}z`),
  );
  return { size: modules.length + 2 * QUIET_ZONE, path: path.join('') };
}

/** The dark modules by row and column, under the mask that mixes best. */
export function qrModules(text: string): Modules | undefined {
  const bytes = [...new TextEncoder().encode(text)];
  // Mode and length take 12 bits, and the data ends in the middle of a codeword.
  const index = VERSIONS.findIndex(([data, , blocks]) => bytes.length + 2 <= data * blocks);
  const version = VERSIONS[index];
  if (version === undefined) return undefined;
  const size = 17 + 4 * (index + 1);
  const codewords = withCorrection(dataCodewords(bytes, version[0] * version[2]), version);
  const candidates = MASKS.map((mask, number) => draw(size, codewords, mask, number));
  const penalties = candidates.map(penalty);
  return candidates[penalties.indexOf(Math.min(...penalties))];
}

function dataCodewords(bytes: readonly number[], count: number): number[] {
  const nibbles = [4, bytes.length >> 4, bytes.length & 15, ...bytes.flatMap((byte) => [byte >> 4, byte & 15]), 0];
  const codewords = Array.from({ length: nibbles.length / 2 }, (_, i) => (nibbles[2 * i]! << 4) | nibbles[2 * i + 1]!);
  for (let pad = 0xec; codewords.length < count; pad ^= 0xec ^ 0x11) codewords.push(pad);
  return codewords;
}

function withCorrection(data: readonly number[], [size, correction, blocks]: (typeof VERSIONS)[number]): number[] {
  const parts = Array.from({ length: blocks }, (_, i) => data.slice(i * size, (i + 1) * size));
  return [...interleaved(parts), ...interleaved(parts.map((part) => remainder(part, correction)))];
}

function interleaved(parts: readonly number[][]): number[] {
  return parts[0]!.flatMap((_, i) => parts.map((part) => part[i]!));
}

/** Reed-Solomon: the remainder of the data by the product of (x - 2^i), in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function remainder(data: readonly number[], degree: number): number[] {
  let divisor = [1];
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    divisor = [...divisor, 0].map((value, at) => value ^ (at > 0 ? times(divisor[at - 1]!, root) : 0));
  }
  const rest = Array<number>(degree).fill(0);
  for (const value of data) {
    const factor = value ^ rest.shift()!;
    rest.push(0);
    for (let i = 0; i < degree; i++) rest[i]! ^= times(divisor[i + 1]!, factor);
  }
  return rest;
}

function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ (product >> 7 ? 0x11d : 0) ^ ((b >> bit) & 1 ? a : 0);
  return product;
}

function draw(size: number, codewords: readonly number[], mask: Mask, number: number): Modules {
  const modules = Array.from({ length: size }, () => Array<boolean | undefined>(size).fill(undefined));
  const set = (x: number, y: number, dark: boolean) => {
    const row = modules[y];
    if (row !== undefined && x >= 0 && x < size) row[x] = dark;
  };
  const rings = (x: number, y: number, radius: number, light: number) => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        set(x + dx, y + dy, ring !== light && ring !== 4);
      }
    }
  };

  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) rings(x, y, 4, 2);
  if (size > 21) rings(size - 7, size - 7, 2, 1);
  drawFormat(size, number, set);
  fill(modules, codewords, mask);
  return modules as Modules;
}

/** The level and the mask, twice, with the code that corrects them, and the one module that is always dark. */
function drawFormat(size: number, mask: number, set: (x: number, y: number, dark: boolean) => void): void {
  const data = (0b01 << 3) | mask;
  let rest = data << 10;
  for (let bit = 14; bit >= 10; bit--) if ((rest >> bit) & 1) rest ^= 0x537 << (bit - 10);
  const format = ((data << 10) | rest) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const dark = ((format >> i) & 1) === 1;
    // Around the first corner, past the timing pattern, and split between the other two.
    const near = i < 8 ? i + (i > 5 ? 1 : 0) : 14 - i + (i < 9 ? 1 : 0);
    if (i < 8) set(8, near, dark);
    else set(near, 8, dark);
    if (i < 8) set(size - 1 - i, 8, dark);
    else set(8, size - 15 + i, dark);
  }
  set(8, size - 8, true);
}

/** Codewords go up and down in columns of two, from the right, around what is there already. */
function fill(modules: (boolean | undefined)[][], codewords: readonly number[], mask: Mask): void {
  const size = modules.length;
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        const row = modules[y]!;
        if (row[x] !== undefined) continue;
        const value = ((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
        row[x] = (value === 1) !== mask(x, y);
        bit += 1;
      }
    }
  }
}

/** How much a code looks like something else: long runs and blocks of one colour, and more of one than of the other. */
function penalty(modules: Modules): number {
  const columns = modules.map((_, x) => modules.map((row) => row[x]!));
  let points = 0;
  for (const line of [...modules, ...columns]) {
    const text = line.map(Number).join('');
    for (const run of text.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
    points += 40 * (text.match(/(?=00001011101|10111010000)/g)?.length ?? 0);
  }
  for (let y = 1; y < modules.length; y++) {
    for (let x = 1; x < modules.length; x++) {
      const colour = modules[y]![x];
      const around = [modules[y - 1]![x], modules[y]![x - 1], modules[y - 1]![x - 1]];
      if (around.every((other) => other === colour)) points += 3;
    }
  }
  const dark = modules.flat().filter(Boolean).length / modules.length ** 2;
  return points + 10 * Math.floor(Math.abs(dark - 0.5) * 20);
}

function runs(row: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = found.at(-1);
    if (!dark) return;
    if (last !== undefined && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  });
  return found;
}
