import { join } from 'node:path';
import { withLock } from '../lock.js';
import { LOCAL } from '../paths.js';
import { identityOf, isAlive, type ProcessIdentity, signal } from '../process-identity.js';
import { removeAbandoned, removeStackData } from '../stack-folder.js';
import { readState, type StackFiles } from '../supervisor/state.js';
import { until } from '../until.js';
import { untilEnded } from './follow.js';
import { endLeftovers, leftovers } from './leftovers.js';

/** Ends everything in order and keeps the data. */
export async function down(files: StackFiles): Promise<void> {
  const hasRun = await end(files);
  console.log(hasRun ? 'the stack is down; its data are kept' : 'the stack is down');
}

/** Ends everything and removes the data; fetched programs stay. */
export async function clean(files: StackFiles): Promise<void> {
  await end(files);
  removeAbandoned(join(LOCAL, 'test'));
  removeStackData(files.root, ['parts', 'test']);
  console.log('the stack is down; its data are removed');
}

/** Ends the supervisor, which ends the parts; killed when it takes too long. Nothing happens if it does not run. */
export async function stopSupervisor(files: StackFiles): Promise<void> {
  const supervisor = await startedSupervisor(files);
  if (supervisor === undefined) return;
  signal(supervisor, 'SIGTERM');
  if (!(await untilEnded(files))) signal(supervisor, 'SIGKILL');
}

/** One just launched is known by its id alone until it writes down when it started. */
async function startedSupervisor(files: StackFiles): Promise<ProcessIdentity | undefined> {
  const isKnown = () => {
    const { supervisor } = readState(files) ?? {};
    return supervisor?.startedAt !== '' || identityOf(supervisor.pid) === undefined;
  };
  await until(isKnown, { what: 'the supervisor to begin' });
  return readState(files)?.supervisor;
}

/** @returns whether there was anything to end. */
function end(files: StackFiles): Promise<boolean> {
  const onWait = () => console.log('another `make up` or `make down` is at work; waiting for it');
  return withLock(files.upLock, () => endEverything(files), { onWait });
}

async function endEverything(files: StackFiles): Promise<boolean> {
  const state = readState(files);
  const runs = state !== undefined && isAlive(state.supervisor);
  if (runs) {
    console.log('stopping the stack');
    await stopSupervisor(files);
  }
  const left = leftovers(files.pids);
  if (left.length > 0) {
    console.log(`ending what a killed supervisor left behind: ${left.map(({ name }) => name).join(', ')}`);
    await endLeftovers(files.pids);
  }
  return runs || left.length > 0;
}
