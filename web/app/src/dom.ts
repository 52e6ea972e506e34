/** Small helpers over the page's own elements. No HTML is ever made from text. */

type Constructor<T extends Element> = new () => T;

/** The element with this id, which index.html promises to have. */
export function byId<T extends Element>(id: string, type: Constructor<T>): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`#${id} is not in the page`);
  return element;
}

/** Sets a text only if it is another: a live region speaks on every write. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A control's name, for those who hear it and for those who point at it. */
export function setLabel(element: HTMLElement, label: string): void {
  if (element.title === label) return;
  element.title = label;
  element.setAttribute('aria-label', label);
}

/** `localStorage` where the browser has it, nothing where it refuses. */
export function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The page works the same, it only forgets.
  }
}

export function sessionStore(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
