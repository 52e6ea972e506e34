/**
 * `<duet-call>` for other sites: one script of the server's, `/duet/lib/duet-call.js`, which knows where it came from. The site's
 * origin has to be one that the server allows.
 */
import { DuetCallElement } from './element.ts';

const script = document.currentScript;
const home = script instanceof HTMLScriptElement ? new URL('..', script.src).href : undefined;

class EmbeddedCall extends DuetCallElement {
  override connectedCallback(): void {
    this.toggleAttribute('embedded', true);
    this.server ??= home;
    super.connectedCallback();
  }
}

customElements.define('duet-call', EmbeddedCall);
