/** What is the same for both ends of a file's transfer: its state, and what ends it. */
import type { FileTransfer, TransferState } from './api.ts';
import { readFileText } from './file-text.ts';
import type { FileProblem, FileText } from './file-text.ts';

/** What is used of an RTCDataChannel. */
export interface FileChannel {
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType: string;
  send(data: string): void;
  send(data: ArrayBufferView<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

export const ENDED: ReadonlySet<TransferState> = new Set(['done', 'refused', 'cancelled', 'interrupted', 'damaged']);

export abstract class Transfer implements FileTransfer {
  abstract readonly direction: 'out' | 'in';
  id = '';
  name = '';
  size = 0;
  type = '';
  state: TransferState = 'offered';
  bytes = 0;
  hash?: string;
  file?: File;
  problem?: FileProblem;
  protected channel: FileChannel | undefined;
  protected readonly changed: (transfer: Transfer) => void;

  constructor(changed: (transfer: Transfer) => void) {
    this.changed = changed;
  }

  abstract accept(): Promise<void>;
  protected abstract heard(text: FileText): void;
  protected came(_bytes: Uint8Array<ArrayBuffer>): void {
    this.damaged();
  }
  protected cleanUp(): void {}

  cancel(): void {
    if (this.direction === 'in' && this.state === 'offered') this.end('refused', { type: 'refuse' });
    else this.end('cancelled', { type: 'cancel' });
  }

  interrupt(): void {
    this.end('interrupted');
  }

  fail(problem: FileProblem): void {
    if (ENDED.has(this.state)) return;
    this.problem = problem;
    this.end('interrupted', { type: 'failed', problem });
  }

  protected use(channel: FileChannel): void {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('close', () => this.interrupt());
    channel.addEventListener('message', (event) => {
      const { data } = event as MessageEvent<unknown>;
      if (ENDED.has(this.state)) return;
      if (data instanceof ArrayBuffer) this.came(new Uint8Array(data));
      else this.#text(readFileText(String(data)));
    });
  }

  protected say(text: FileText): void {
    try {
      if (this.channel?.readyState === 'open') this.channel.send(JSON.stringify(text));
    } catch {
      // Closing; what comes next is its end.
    }
  }

  protected damaged(): void {
    this.end('damaged', { type: 'damaged' });
  }

  /** Says why, if the other does not know it yet. */
  protected end(state: TransferState, say?: FileText): void {
    if (ENDED.has(this.state)) return;
    this.state = state;
    if (say !== undefined) this.say(say);
    this.cleanUp();
    this.changed(this);
    // Who says the last word leaves the channel to the other, so that it is heard.
    if (say === undefined) this.channel?.close();
  }

  #text(text: FileText | undefined): void {
    if (text?.type === 'cancel') this.end('cancelled');
    else if (text?.type === 'damaged') this.end('damaged');
    else if (text?.type === 'failed') {
      this.problem = text.problem;
      this.interrupt();
    } else if (text === undefined) this.damaged();
    else this.heard(text);
  }
}
