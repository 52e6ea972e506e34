/**
 * Files over data channels, one channel for each. The sender names the file; when the other accepts, the bytes go in
 * chunks, and after the last one their hash. Neither side ever has more than a few MiB of it in memory: the sender reads
 * slices, and waits for what the receiver has written. See file-text.ts for what is said. For `import()`.
 */
import type { FileTransfer } from './api.ts';
import { IncomingFile } from './file-in.ts';
import { OutgoingFile } from './file-out.ts';
import { openSink } from './file-sink.ts';
import type { OpenSink } from './file-sink.ts';
import { ENDED } from './file-transfer.ts';
import type { FileChannel, Transfer } from './file-transfer.ts';

export const FILE_LABEL = 'duet-file';
/** Each way. What is sent beyond it waits for its turn; what comes beyond it is refused. */
const AT_ONCE = 4;
/** As many are remembered; the oldest that are over are forgotten. */
const KEPT = 100;

export interface FilesOptions {
  /** A new channel named {@link FILE_LABEL}, ordered and reliable; throws when there is no connection. */
  readonly open: () => FileChannel;
  /** `sctp.maxMessageSize` of the connection. */
  readonly maxMessageSize: () => number;
  /** A transfer is new, or something about it is. */
  readonly changed: (transfer: FileTransfer) => void;
  readonly sink?: OpenSink;
}

/** All files of a call. */
export class Files {
  #all: Transfer[] = [];
  /** Those that come in and are not over, with and without a name. */
  readonly #coming = new Set<Transfer>();
  readonly #options: FilesOptions;

  constructor(options: FilesOptions) {
    this.#options = options;
  }

  get all(): readonly FileTransfer[] {
    return this.#all;
  }

  send(file: File): FileTransfer {
    const outgoing = new OutgoingFile(file, this.#options.maxMessageSize, this.#changed);
    this.#changed(outgoing);
    if (this.#all.filter((one) => !ENDED.has(one.state)).length > KEPT) outgoing.fail('too-many');
    else this.#begin();
    return outgoing;
  }

  /** The other side has opened a channel for a file. */
  receive(channel: FileChannel): void {
    const incoming = new IncomingFile(channel, this.#options.sink ?? openSink, this.#changed);
    this.#coming.add(incoming);
    if (this.#coming.size > AT_ONCE) incoming.fail('too-many');
  }

  /** The call is over. */
  close(): void {
    for (const one of [...this.#all, ...this.#coming]) one.cancel();
  }

  readonly #changed = (transfer: Transfer): void => {
    const ended = ENDED.has(transfer.state);
    if (ended) this.#coming.delete(transfer);
    // One that comes in is nothing before it has a name.
    if (transfer.id === '') return;
    if (!this.#all.includes(transfer)) this.#all.push(transfer);
    if (this.#all.length > KEPT) {
      const oldest = this.#all.findIndex((one) => ENDED.has(one.state));
      if (oldest >= 0) this.#all.splice(oldest, 1);
    }
    this.#options.changed(transfer);
    if (ended && transfer.direction === 'out') this.#begin();
  };

  #begin(): void {
    const out = this.#all.filter((one) => one instanceof OutgoingFile && !ENDED.has(one.state)) as OutgoingFile[];
    for (const one of out.slice(0, AT_ONCE)) {
      if (one.begun) continue;
      try {
        one.begin(this.#options.open());
      } catch {
        one.interrupt();
      }
    }
  }
}
