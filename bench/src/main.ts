import { fileURLToPath } from 'node:url';
import { benchCommands } from './commands/bench-commands.js';
import { benchIngress } from './ingress.js';
import { benchPayments } from './payments/bench-payments.js';
import { benchReads } from './reads.js';
import { benchWorker } from './worker/bench-worker.js';

const BENCHES = {
  ingress: benchIngress,
  worker: benchWorker,
  reads: benchReads,
  commands: benchCommands,
  payments: benchPayments,
} as const;

/** Runs the benchmarks that the arguments name, or all of them: `npm run bench -w bench -- worker`. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    console.error(`no benchmark is called ${unknown.join(', ')}: ${Object.keys(BENCHES).join(', ')}`);
    process.exitCode = 1;
    return;
  }
  // Paths of measured programs and results are relative to the root of the repository.
  process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length === 0 || names.includes(name)) await bench();
  }
}

await main(process.argv.slice(2));
