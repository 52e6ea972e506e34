/** The sender's end of a file's transfer. */
import { BLOCK_BYTES, BlockHash, safeName } from './file-text.ts';
import type { FileText } from './file-text.ts';
import { Transfer } from './file-transfer.ts';
import type { FileChannel } from './file-transfer.ts';

const CHUNK_BYTES = 64 * 1024;
/** What a channel may hold before the sender waits, and goes on again. */
const BUFFERED_BYTES = 1024 * 1024;
const BUFFERED_LOW_BYTES = 256 * 1024;
/** What may be sent and not yet written there: the receiver has no other way to slow the sender down. */
export const WINDOW_BYTES = 16 * BLOCK_BYTES;

export class OutgoingFile extends Transfer {
  readonly direction = 'out';
  begun = false;
  readonly #source: File;
  readonly #maxMessageSize: () => number;
  #goOn = (): void => {};

  constructor(source: File, maxMessageSize: () => number, changed: (transfer: Transfer) => void) {
    super(changed);
    this.#source = source;
    this.#maxMessageSize = maxMessageSize;
    this.id = crypto.randomUUID();
    this.name = safeName(source.name);
    this.size = source.size;
    this.type = source.type;
  }

  begin(channel: FileChannel): void {
    this.begun = true;
    this.use(channel);
    channel.bufferedAmountLowThreshold = BUFFERED_LOW_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.#goOn());
    const { id, name, size, type } = this;
    const offer = (): void => this.say({ type: 'file', id, name, size, mime: type.slice(0, 255) });
    if (channel.readyState === 'open') offer();
    else channel.addEventListener('open', offer);
  }

  async accept(): Promise<void> {}

  protected override heard(text: FileText): void {
    if (text.type === 'accept' && this.state === 'offered') {
      this.state = 'going';
      this.changed(this);
      void this.#send().catch(() => this.fail('not-read'));
    } else if (text.type === 'refuse' && this.state === 'offered') this.end('refused');
    else if (text.type === 'written' && text.bytes > this.bytes && text.bytes <= this.size) {
      this.bytes = text.bytes;
      this.changed(this);
      this.#goOn();
    } else if (text.type === 'done' && this.hash !== undefined) this.end('done');
    else this.damaged();
  }

  protected override cleanUp(): void {
    this.#goOn();
  }

  async #send(): Promise<void> {
    const hash = new BlockHash();
    const chunk = Math.min(CHUNK_BYTES, this.#maxMessageSize() || CHUNK_BYTES);
    for (let at = 0; at < this.size; at += BLOCK_BYTES) {
      const block = new Uint8Array(await this.#source.slice(at, at + BLOCK_BYTES).arrayBuffer());
      if (block.length !== Math.min(BLOCK_BYTES, this.size - at)) throw new RangeError('the file has changed');
      await hash.add(block);
      for (let from = 0; from < block.length; from += chunk) {
        await this.#room(at + from);
        if (this.state !== 'going') return;
        this.channel?.send(block.subarray(from, from + chunk));
      }
    }
    const finished = await hash.finish();
    if (this.state !== 'going') return;
    this.hash = finished;
    this.say({ type: 'end', hash: finished });
  }

  /** Waits until the channel and the other side can take more. */
  async #room(sent: number): Promise<void> {
    const full = (): boolean =>
      (this.channel?.bufferedAmount ?? 0) > BUFFERED_BYTES || sent - this.bytes > WINDOW_BYTES;
    while (this.state === 'going' && full()) await new Promise<void>((resolve) => (this.#goOn = resolve));
  }
}
