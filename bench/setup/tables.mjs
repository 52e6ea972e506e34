// What was measured, as tables of Markdown.

import { STAGES } from './call.mjs';
import { median, quantile, ratio } from './figures.mjs';
import { OLD, SYSTEMS } from './systems.mjs';

export function tables(calls, { delayMs, idleMs, machine }) {
  const names = Object.keys(SYSTEMS).filter((name) => calls.some(({ system }) => system === name));
  const of = (name) => calls.filter(({ system }) => system === name);
  const both = (name) => of(name).map(({ bothMs }) => bothMs);
  const beside = (name, base) => (names.includes(base) ? shown(ratio(both(name), both(base))) : '-');
  const peerjs = (name) => (name.endsWith('cold') || name === 'course' ? 'peerjs-cold' : 'peerjs-warm');
  const before = (name) => name.replace('duet-', 'old-');
  const old = names.some((name) => OLD[name] !== undefined);
  return [
    `from the click to both pictures, ${delayMs} ms one way, ${idleMs} ms between page and click; ${machine}`,
    '',
    row(['system', 'calls', 'median ms', 'p95 ms', '/ course', '/ PeerJS (cold or warm)', ...(old ? ['/ old'] : [])]),
    `|${'---|'.repeat(old ? 7 : 6)}`,
    ...names.map((name) => {
      const values = both(name);
      const figures = [median(values), quantile(values, 0.95)].map(Math.round);
      return row([name, values.length, ...figures, beside(name, 'course'), beside(name, peerjs(name)), ...(old ? [beside(name, before(name))] : [])]);
    }),
    '',
    'medians of the stages at B / at A, ms after the click ("-": before it)',
    '',
    row(['system', ...STAGES]),
    `|${'---|'.repeat(STAGES.length + 1)}`,
    ...names.map((name) => row([name, ...STAGES.map((stage) => `${at(of(name), 'b', stage)} / ${at(of(name), 'a', stage)}`)])),
    '',
  ].join('\n');
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function shown({ value, low, high }) {
  return `${value.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}

function at(calls, side, stage) {
  const values = calls.map((call) => call[side][stage]).filter((value) => value !== undefined);
  if (values.length === 0) {
    return '';
  }
  const middle = Math.round(median(values));
  return middle < 0 ? '-' : middle;
}
