import { setTimeout as delay } from 'node:timers/promises';

const TERMINAL_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;

export interface Count {
  readonly name: string;
  readonly now: number;
  readonly of: number;
}

/**
 * Shows counts until `done`: on a terminal as bars that are redrawn, elsewhere as one line at the end, and one every
 * ten seconds before.
 */
export async function showProgress(counts: () => readonly Count[], done: () => boolean): Promise<void> {
  const { isTTY } = process.stdout;
  let lines = 0;
  for (let last = false; !last; ) {
    await untilDone(done, isTTY ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS);
    last = done();
    const shown = counts();
    if (isTTY) {
      const up = lines > 0 ? `\x1b[${lines}A` : '';
      process.stdout.write(`${up}${shown.map((count) => `\x1b[2K${bar(count)}\n`).join('')}`);
      lines = shown.length;
    } else {
      console.log(`  ${shown.map(({ name, now, of }) => `${name} ${now} of ${of}`).join(', ')}`);
    }
  }
}

/** Resolves once `done`, or after `msMax`. */
async function untilDone(done: () => boolean, msMax: number): Promise<void> {
  for (const endAt = performance.now() + msMax; !done() && performance.now() < endAt; ) await delay(50);
}

const BAR_WIDTH = 32;

function bar({ name, now, of }: Count): string {
  const filled = of === 0 ? 0 : Math.min(BAR_WIDTH, Math.round((now / of) * BAR_WIDTH));
  return `  ${name.padEnd(24)}${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${now} of ${of}`;
}
