// The panel that shows every signaling message as it passes.
import { clock, sizeOf, summary } from './messages.js';

const LINES_MAX = 200;
const ARROWS = { sent: '→', received: '←', note: '·' };

/** Writes into the element with the id `log`; returns the function that adds a line. */
export function openLog() {
  const list = document.getElementById('log');
  document.getElementById('log-clear').addEventListener('click', () => list.replaceChildren());

  return (direction, name, args) => {
    // A <details> shows its <summary>, and the rest when it is opened.
    const line = document.createElement('details');
    line.dataset.direction = direction;
    line.dataset.event = name;

    const head = document.createElement('summary');
    const size = direction === 'note' ? '' : `${sizeOf(args)} B`;
    head.append(
      span('time', clock(new Date())),
      span('arrow', ARROWS[direction]),
      span('name', name),
      span('what', summary(args)),
      span('size', size),
    );
    const body = document.createElement('pre');
    // textContent, never innerHTML: what comes from the network is text, whatever it looks like.
    body.textContent = JSON.stringify(args, null, 2).replaceAll('\\r\\n', '\n    ');
    line.append(head, body);

    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 40;
    list.append(line);
    while (list.childElementCount > LINES_MAX) list.firstElementChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
}

function span(name, text) {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
}
