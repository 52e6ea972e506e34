/** Runs many rounds of a simulation, one after the other. */

export interface SimulatedRound {
  run(): Promise<void>;
  /** What is wrong at its end. */
  check(): string[];
  /** What it did, with what was wrong. */
  fails(wrong: readonly string[]): string;
}

/** Says what each failed round did; `aloud`: and what the code under test said meanwhile. */
export async function simulate(
  seeds: readonly number[],
  aloud: boolean,
  begin: (seed: number) => SimulatedRound,
): Promise<string[]> {
  const rejections: unknown[] = [];
  const listen = (why: unknown) => void rejections.push(why);
  process.on('unhandledRejection', listen);
  const { debug } = console;
  if (!aloud) console.debug = () => {};
  const failures: string[] = [];
  for (const seed of seeds) {
    const round = begin(seed);
    await round.run();
    const uncaught = rejections.splice(0).map((why) => `not caught: ${why instanceof Error ? why.stack : String(why)}`);
    const wrong = [...round.check(), ...uncaught];
    if (wrong.length > 0) failures.push(round.fails(wrong));
  }
  console.debug = debug;
  process.off('unhandledRejection', listen);
  return failures;
}
