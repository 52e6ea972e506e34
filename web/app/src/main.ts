/** The server's own page: one `<duet-call>`, and what belongs to the window and its address. */
import { DuetCallElement } from './element.ts';
import { linkTo, mended, roomOf, seemsDamaged } from './room.ts';

interface State {
  readonly text: string;
  readonly language: string;
  readonly dark: boolean;
}

const call = document.querySelector('duet-call');
const room = roomOf(location.hash);
if (room !== undefined) {
  const meant = mended(room);
  if (meant !== room) history.replaceState(null, '', linkTo(meant, location.href));
  call?.toggleAttribute('damaged', seemsDamaged(meant));
  call?.setAttribute('room', meant);
}

window.addEventListener('hashchange', () => location.reload());
document.addEventListener('duet-room', (event) => {
  const made = (event as CustomEvent<{ room?: string }>).detail.room;
  history.replaceState(null, '', made === undefined ? location.pathname : linkTo(made, location.href));
});
document.addEventListener('duet-state', (event) => {
  const { text, language, dark } = (event as CustomEvent<State>).detail;
  document.title = text === '' ? 'Duet' : `${text} · Duet`;
  document.documentElement.lang = language;
  document.documentElement.toggleAttribute('data-dark', dark);
});
customElements.define('duet-call', DuetCallElement);
