/** A small picture is drawn to another corner by a finger or a mouse; one that was only pressed is swapped. */
import type { Corner } from './view-model.ts';

/** A shaking hand has not moved it. */
const STILL_PX = 6;

export interface Dragged {
  moved(corner: Corner): void;
  pressed(): void;
}

/** The corner of a box that is nearest to a point. Pure. */
export function cornerAt(x: number, y: number, box: Pick<DOMRect, 'left' | 'top' | 'width' | 'height'>): Corner {
  const row = y < box.top + box.height / 2 ? 'top' : 'bottom';
  const column = x < box.left + box.width / 2 ? 'left' : 'right';
  return `${row}-${column}`;
}

export function drag(event: PointerEvent, tile: HTMLElement, stage: HTMLElement, told: Dragged): void {
  if (event.button !== 0) return;
  event.preventDefault();
  const ending = new AbortController();
  const { signal } = ending;
  const [fromX, fromY] = [event.clientX, event.clientY];
  let moved = false;
  const place = (x: number, y: number) => {
    tile.style.transform = `translate(${x}px, ${y}px)`;
  };
  const end = () => {
    ending.abort();
    tile.style.transform = '';
    tile.removeAttribute('data-dragged');
  };
  tile.setPointerCapture(event.pointerId);
  tile.addEventListener(
    'pointermove',
    ({ clientX, clientY }) => {
      const [x, y] = [clientX - fromX, clientY - fromY];
      if (!moved && Math.hypot(x, y) < STILL_PX) return;
      moved = true;
      tile.setAttribute('data-dragged', '');
      place(x, y);
    },
    { signal },
  );
  tile.addEventListener(
    'pointerup',
    () => {
      const { left, top, width, height } = tile.getBoundingClientRect();
      end();
      if (moved) told.moved(cornerAt(left + width / 2, top + height / 2, stage.getBoundingClientRect()));
      else told.pressed();
    },
    { signal },
  );
  tile.addEventListener('pointercancel', end, { signal });
}
