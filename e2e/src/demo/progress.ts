import { setTimeout as delay } from 'node:timers/promises';

const TERMINAL_EVERY_MS = 100;
const PLAIN_EVERY_MS = 1_000;

export interface Count {
  readonly name: string;
  readonly now: number;
  readonly of: number;
}

/** Shows counts while something goes on: in place on a terminal, a line a second elsewhere. */
export async function showProgress(counts: () => readonly Count[], done: () => boolean): Promise<void> {
  const { isTTY } = process.stdout;
  let lines = 0;
  for (;;) {
    const last = done();
    const shown = counts();
    if (isTTY) {
      const up = lines > 0 ? `\x1b[${lines}A` : '';
      process.stdout.write(`${up}${shown.map((count) => `\x1b[2K${bar(count)}\n`).join('')}`);
      lines = shown.length;
    } else {
      console.log(`  ${shown.map(({ name, now, of }) => `${name} ${now} of ${of}`).join(', ')}`);
    }
    if (last) return;
    for (const endAt = performance.now() + (isTTY ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS); !done(); ) {
      if (performance.now() > endAt) break;
      await delay(50);
    }
  }
}

const BAR_WIDTH = 32;

function bar({ name, now, of }: Count): string {
  const filled = of === 0 ? 0 : Math.min(BAR_WIDTH, Math.round((now / of) * BAR_WIDTH));
  return `  ${name.padEnd(24)}${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${now} of ${of}`;
}
