/** An AudioContext that only measures or mixes, and is never heard. */

const STARTS_MS = 1_000;

/**
 * One that makes sound go on; nothing if this browser has none that does. Without an output where there is such a thing:
 * it needs no sound card then, and takes no phone's speaker from anybody.
 */
export async function silentContext(): Promise<AudioContext | undefined> {
  for (const options of [{ sinkId: { type: 'none' } }, {}]) {
    let context: AudioContext | undefined;
    try {
      context = new AudioContext(options as AudioContextOptions);
      if (await runs(context)) return context;
    } catch {
      // It has no context without an output, or no more contexts.
    }
    await context?.close().catch(() => undefined);
  }
  return undefined;
}

/** Its state may say so while its clock stands still. */
async function runs(context: AudioContext): Promise<boolean> {
  void context.resume().catch(() => undefined);
  const until = performance.now() + STARTS_MS;
  while (performance.now() < until) {
    if (context.state === 'running' && context.currentTime > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
