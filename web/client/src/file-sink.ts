/** Where a file that comes in is written, block by block, so that it is never in memory as a whole unless it is small. */

export interface FileSink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The file, unless it is where the person chose. */
  finish(): Promise<File | undefined>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

export type OpenSink = (name: string, size: number, type: string) => Promise<FileSink>;

/** Up to this size nobody is asked where to put it, and the page can show it. */
const SMALL_BYTES = 32 * 1024 * 1024;
/** Where the browser has no files of its own. */
const MEMORY_BYTES = 512 * 1024 * 1024;
/** What is left of earlier page loads in the browser's own folder is removed after so long. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const FOLDER = 'duet-files';

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

/**
 * A large file goes to where the person says, in browsers that can ask; this must be called in a click then. Otherwise to
 * the browser's own folder of this site.
 *
 * @throws DOMException `AbortError` when the person chose no place, `QuotaExceededError` when there is no space for it
 */
export const openSink: OpenSink = async (name, size, type) => {
  if (size <= SMALL_BYTES) return new MemorySink(name, type);
  const picker = (globalThis as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (picker !== undefined) {
    const chosen: FileSystemFileHandle & { remove?(): Promise<void> } = await picker({ suggestedName: name });
    return new DiskSink(await chosen.createWritable(), async () => undefined, () => chosen.remove?.());
  }
  const own = await ownFile(size);
  if (own !== undefined) {
    const { handle, remove } = own;
    return new DiskSink(
      await handle.createWritable(),
      async () => new File([await handle.getFile()], name, { type }),
      remove,
    );
  }
  if (size > MEMORY_BYTES) throw new DOMException(`${size} bytes (at most ${MEMORY_BYTES})`, 'QuotaExceededError');
  return new MemorySink(name, type);
};

async function ownFile(size: number) {
  let folder: FileSystemDirectoryHandle;
  try {
    const { quota, usage } = await navigator.storage.estimate();
    if (quota !== undefined && size > quota - (usage ?? 0)) {
      throw new DOMException(`${size} bytes (${quota - (usage ?? 0)} free)`, 'QuotaExceededError');
    }
    folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') throw error;
    // A private window may have no files.
    return undefined;
  }
  await sweep(folder).catch(() => undefined);
  const key = `${Date.now()}-${crypto.randomUUID()}`;
  const handle = await folder.getFileHandle(key, { create: true });
  // Safari before 26 has such files only for workers.
  if (handle.createWritable === undefined) return undefined;
  return { handle, remove: () => folder.removeEntry(key) };
}

/** There is no event that says that a file has been saved elsewhere, so only age tells that it is not needed. */
async function sweep(folder: FileSystemDirectoryHandle): Promise<void> {
  const names = (folder as unknown as { keys(): AsyncIterable<string> }).keys();
  const old: string[] = [];
  for await (const name of names) if (Number.parseInt(name, 10) < Date.now() - KEPT_MS) old.push(name);
  for (const name of old) await folder.removeEntry(name);
}

export class MemorySink implements FileSink {
  readonly #name: string;
  readonly #type: string;
  #parts: Blob[] = [];

  constructor(name: string, type: string) {
    this.#name = name;
    this.#type = type;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#parts.push(new Blob([bytes]));
  }

  async finish(): Promise<File> {
    return new File(this.#parts, this.#name, { type: this.#type });
  }

  async abort(): Promise<void> {
    this.#parts = [];
  }
}

class DiskSink implements FileSink {
  readonly #stream: FileSystemWritableFileStream;
  readonly #result: () => Promise<File | undefined>;
  readonly #remove: () => Promise<void> | undefined;

  constructor(
    stream: FileSystemWritableFileStream,
    result: () => Promise<File | undefined>,
    remove: () => Promise<void> | undefined,
  ) {
    this.#stream = stream;
    this.#result = result;
    this.#remove = remove;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#stream.write(bytes);
  }

  async finish(): Promise<File | undefined> {
    await this.#stream.close();
    return this.#result();
  }

  async abort(): Promise<void> {
    await this.#stream.abort().catch(() => undefined);
    await this.#remove()?.catch(() => undefined);
  }
}
