/** How the call goes, in numbers: for whoever wants to see it. */
import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { ceilingOf, GRAPH, lineOf } from '../graph.ts';
import type { Values } from '../graph.ts';
import type { CallStats, Quality, Sample } from '../sdk.ts';
import { nameOf, pathText, sentence } from '../status.ts';
import { isGrid } from '../view-model.ts';
import type { CallData, Model } from '../view-model.ts';
import { bars } from './top.ts';

interface Line {
  readonly name: string;
  readonly kind: string;
  readonly values: Values;
  readonly latest: string;
}

export function details({ t, stats, path }: Model, call: CallData): TemplateResult {
  const several = isGrid(call);
  return html`<div class="inside details" tabindex="0" role="group" aria-label=${t.details}>
    ${(several ? call.others : [call]).map(({ other, quality }, i) => html`
      ${several ? html`<h3>${sentence(nameOf(other, t))}</h3>` : nothing}
      <div class="scores">
        ${score(t.qualityHere, quality.here, t.quality)}
        ${score(t.qualityThere(nameOf(other, t)), quality.there, t.quality)}
      </div>
      ${stats === undefined || i > 0 ? nothing : [graphs(stats, t.graph), facts(stats, pathText(path, t), t)]}`)}
  </div>`;
}

function score(label: string, quality: Quality | undefined, words: readonly string[]): TemplateResult | typeof nothing {
  if (quality === undefined) return nothing;
  return html`<div class="score"><small>${sentence(label)}</small>
    <span>${bars(quality)}${words[quality.bars]}</span></div>`;
}

function graphs({ samples }: CallStats, names: Model['t']['graph']): TemplateResult {
  const last = samples.at(-1);
  const of = (pick: (sample: Sample) => number | undefined) => samples.map(pick);
  const number = (value: number | undefined, unit: string) =>
    (value === undefined ? '–' : `${Math.round(value)} ${unit}`);
  const rates = [
    { name: names.received, kind: 'received', values: of((s) => s.receivedBps), latest: rate(last?.receivedBps) },
    { name: names.sent, kind: 'sent', values: of((s) => s.sentBps), latest: rate(last?.sentBps) },
  ];
  const one = (name: string, kind: string, values: Values, latest: string) => [{ name, kind, values, latest }];
  const lost = last?.lost === undefined ? '–' : `${(last.lost * 100).toFixed(1)} %`;
  return html`${graph(rates, 100_000)}
    ${graph(one(names.roundTrip, 'round-trip', of((s) => s.roundTripMs), number(last?.roundTripMs, 'ms')), 50)}
    ${graph(one(names.lost, 'lost', of((s) => s.lost), lost), 0.05)}
    ${graph(one(names.frames, 'frames', of((s) => s.framesPerSecond), number(last?.framesPerSecond, '')), 30)}`;
}

function graph(lines: readonly Line[], atLeast: number): TemplateResult {
  const ceiling = ceilingOf(lines.flatMap(({ values }) => values), atLeast);
  return html`<figure class="graph">
    <figcaption>${lines.map(({ name, kind, latest }) =>
      html`<span data-line=${kind}>${name} <b>${latest}</b></span>`)}</figcaption>
    <svg viewBox="0 -2 ${GRAPH.width} ${GRAPH.height + 4}" preserveAspectRatio="none" aria-hidden="true">
      ${lines.map(({ kind, values }) => svg`<path data-line=${kind} d=${lineOf(values, ceiling)} />`)}
    </svg>
  </figure>`;
}

function facts({ samples, codecs }: CallStats, path: string, t: Model['t']): TemplateResult {
  const last = samples.at(-1);
  const size = last?.width === undefined || last.height === undefined ? '' : `${last.width} × ${last.height}`;
  const used = [codecs.video, codecs.audio].filter(Boolean).join(', ');
  const row = (name: string, value: string) =>
    (value === '' ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return html`<dl class="facts">${row(t.size, size)} ${row(t.codecs, used)} ${row(t.way, path)}</dl>`;
}

function rate(bps: number | undefined): string {
  if (bps === undefined) return '–';
  return bps >= 1e6 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`;
}
