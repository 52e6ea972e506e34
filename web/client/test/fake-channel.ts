/** Two ends of a data channel that has a buffer, as the browser's. */
import type { FileChannel } from '../src/file-transfer.ts';

export class FakeChannel extends EventTarget implements FileChannel {
  readyState = 'connecting';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  binaryType = 'blob';
  bufferedMax = 0;
  /** What may be done to a message on its way. */
  alter: (data: string | ArrayBuffer) => string | ArrayBuffer | undefined = (data) => data;
  other!: FakeChannel;
  #queue: (string | ArrayBuffer)[] = [];
  #pumping = false;

  static pair(): [FakeChannel, FakeChannel] {
    const [a, b] = [new FakeChannel(), new FakeChannel()];
    [a.other, b.other] = [b, a];
    return [a, b];
  }

  open(): void {
    for (const end of [this, this.other]) {
      end.readyState = 'open';
      end.dispatchEvent(new Event('open'));
    }
  }

  send(data: string | ArrayBufferView<ArrayBuffer>): void {
    if (this.readyState !== 'open') throw new DOMException(this.readyState, 'InvalidStateError');
    const copy =
      typeof data === 'string' ? data : data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    this.#queue.push(copy);
    this.bufferedAmount += sizeOf(copy);
    this.bufferedMax = Math.max(this.bufferedMax, this.bufferedAmount);
    this.#pump();
  }

  /** What was sent before still arrives. */
  close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closing';
    this.#pump();
  }

  /** The connection is gone at once. */
  cut(): void {
    for (const end of [this, this.other]) {
      end.#queue = [];
      if (end.readyState === 'closed') continue;
      end.readyState = 'closed';
      end.dispatchEvent(new Event('close'));
    }
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      for (let i = 0; i < 8 && this.#queue.length > 0; i++) this.#deliver();
      if (this.#queue.length > 0) this.#pump();
      else if (this.readyState === 'closing') this.cut();
    });
  }

  #deliver(): void {
    const data = this.#queue.shift() as string | ArrayBuffer;
    const before = this.bufferedAmount;
    this.bufferedAmount -= sizeOf(data);
    const altered = this.alter(data);
    if (altered !== undefined && this.other.readyState !== 'closed') {
      this.other.dispatchEvent(new MessageEvent('message', { data: altered }));
    }
    const threshold = this.bufferedAmountLowThreshold;
    if (before > threshold && this.bufferedAmount <= threshold) this.dispatchEvent(new Event('bufferedamountlow'));
  }
}

const sizeOf = (data: string | ArrayBuffer): number => (typeof data === 'string' ? data.length : data.byteLength);
