/** All of the page, from a model. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import { statusOf } from '../status.ts';
import { inRoom, isGrid, isSeen, screenOf } from '../view-model.ts';
import type { Model } from '../view-model.ts';
import { door } from './door.ts';
import { ended } from './ended.ts';
import { lobby } from './lobby.ts';
import { panel } from './panel.ts';
import { room } from './room.ts';
import { top } from './top.ts';

export function shell(m: Model, act: Actions): TemplateResult {
  const { call, ui } = m;
  const screen = screenOf(call);
  const status = statusOf(call, m.nowMs, m.t);
  const other = call === undefined || !inRoom(screen) ? 'none' : call.other.state;
  return html`<main id="app" data-state=${screen} data-other=${other}
    data-reason=${call?.state.name === 'ended' ? call.state.reason : nothing}
    ?data-immersed=${inRoom(screen) && other !== 'none'}
      ?data-picture=${call !== undefined && inRoom(screen) && (isSeen(call) || isGrid(call))}
    ?data-self=${call?.camera.track !== null && inRoom(screen)} ?data-calm=${ui.calm}
      ?data-panel=${ui.panel !== undefined}
    lang=${m.t.tag} @dragover=${dragged(act)} @dragleave=${() => act.drop(false)} @drop=${dropped(act)}
    @focusin=${() => act.stir()}>
    ${top(m, status, act)}
    <div id="banner" class="banner" role="status" ?hidden=${status.banner === ''}>${status.banner}</div>
    ${face(m, act)}
    ${panel(m, act)}
  </main>`;
}

function face(m: Model, act: Actions): TemplateResult {
  const { call } = m;
  if (call === undefined) return door(m, act);
  if (call.state.name === 'ended') return ended(m, call, call.state, act);
  return inRoom(screenOf(call)) ? room(m, call, act) : lobby(m, call, act);
}

function dragged(act: Actions): (event: DragEvent) => void {
  return (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    act.drop(true);
  };
}

function dropped(act: Actions): (event: DragEvent) => void {
  return (event) => {
    event.preventDefault();
    act.sendFiles([...(event.dataTransfer?.files ?? [])]);
  };
}
