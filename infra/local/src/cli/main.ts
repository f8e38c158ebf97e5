import { processEnvironment } from '../environment.js';
import { LOCAL, makeFolder } from '../paths.js';
import { isAlive } from '../process-identity.js';
import { exportLines } from '../stack-environment.js';
import { readPlan, readState, stackFiles } from '../supervisor/state.js';
import { clean, down } from './down.js';
import { followLogs } from './logs.js';
import { printStatus } from './status.js';
import { up } from './up.js';

/** `node dist/cli/main.js <command>`: what the Makefile calls. */
const files = stackFiles(makeFolder(processEnvironment().PAYMENTS_LOCAL_FOLDER || LOCAL));

const COMMANDS: Record<string, () => Promise<void> | void> = {
  up: () => up(files),
  down: () => down(files),
  clean: () => clean(files),
  status: () => {
    if (!printStatus(files)) process.exitCode = 1;
  },
  logs: () => followLogs(files, processEnvironment().PART),
  env: printEnvironment,
};

function printEnvironment(): void {
  const state = readState(files);
  const plan = readPlan(files);
  if (plan === undefined || state === undefined || !isAlive(state.supervisor)) {
    throw new Error('the stack is down: `make up` first');
  }
  process.stdout.write(exportLines(plan.environment));
}

const command = COMMANDS[process.argv[2] ?? ''];
try {
  if (command === undefined) throw new Error(`usage: main.js ${Object.keys(COMMANDS).join('|')}`);
  await command();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
