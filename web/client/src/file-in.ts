/** The receiver's end of a file's transfer. */
import type { TransferState } from './api.ts';
import type { FileSink, OpenSink } from './file-sink.ts';
import { BLOCK_BYTES, BlockHash } from './file-text.ts';
import type { FileProblem, FileText } from './file-text.ts';
import { Transfer } from './file-transfer.ts';
import type { FileChannel } from './file-transfer.ts';

export class IncomingFile extends Transfer {
  readonly direction = 'in';
  readonly #open: OpenSink;
  readonly #hash = new BlockHash();
  #sink: FileSink | undefined;
  #block: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #filled = 0;
  #received = 0;
  #accepting = false;
  /** Blocks are hashed and written one after the other. */
  #written: Promise<void> = Promise.resolve();

  constructor(channel: FileChannel, open: OpenSink, changed: (transfer: Transfer) => void) {
    super(changed);
    this.#open = open;
    this.use(channel);
  }

  /** Rejects when the person chose no place for it: then it is still offered. */
  async accept(): Promise<void> {
    if (this.state !== 'offered' || this.id === '' || this.#accepting) return;
    this.#accepting = true;
    try {
      this.#sink = await this.#open(this.name, this.size, this.type);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      this.fail(problemOf(error));
      return;
    } finally {
      this.#accepting = false;
    }
    // It may have been cancelled meanwhile.
    if ((this.state as TransferState) !== 'offered') {
      void this.#sink.abort().catch(() => undefined);
      return;
    }
    this.state = 'going';
    this.say({ type: 'accept' });
    this.changed(this);
  }

  protected override heard(text: FileText): void {
    if (text.type === 'file' && this.id === '') {
      ({ id: this.id, name: this.name, size: this.size, mime: this.type } = text);
      this.changed(this);
    } else if (text.type === 'end' && this.state === 'going') {
      this.#flush();
      this.#then(() => this.#finish(text.hash));
    } else this.damaged();
  }

  protected override came(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.state !== 'going' || this.#received + bytes.length > this.size) {
      this.damaged();
      return;
    }
    for (let rest = bytes; rest.length > 0; ) {
      if (this.#filled === 0) {
        this.#block = new Uint8Array(Math.min(BLOCK_BYTES, this.size - this.#received));
      }
      const part = rest.subarray(0, this.#block.length - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      this.#received += part.length;
      if (this.#filled === this.#block.length) this.#flush();
      rest = rest.subarray(part.length);
    }
  }

  protected override cleanUp(): void {
    const sink = this.#sink;
    this.#block = new Uint8Array(0);
    if (this.state !== 'done') void this.#written.then(() => sink?.abort()).catch(() => undefined);
  }

  #flush(): void {
    if (this.#filled === 0) return;
    const block = this.#block.subarray(0, this.#filled);
    this.#filled = 0;
    this.#then(async () => {
      await this.#hash.add(block);
      await this.#sink?.write(block);
      if (this.state !== 'going') return;
      this.bytes += block.length;
      this.say({ type: 'written', bytes: this.bytes });
      this.changed(this);
    });
  }

  async #finish(promised: string): Promise<void> {
    const hash = await this.#hash.finish();
    if (this.bytes !== this.size || hash !== promised) {
      this.damaged();
      return;
    }
    const file = await this.#sink?.finish();
    if (this.state !== 'going') return;
    this.hash = hash;
    if (file !== undefined) this.file = file;
    this.end('done', { type: 'done' });
  }

  #then(step: () => Promise<void>): void {
    this.#written = this.#written
      .then(() => (this.state === 'going' ? step() : undefined))
      .catch((error: unknown) => this.fail(problemOf(error)));
  }
}

function problemOf(error: unknown): FileProblem {
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'no-space' : 'not-written';
}
