import { join } from 'node:path';
import { withLock } from '../lock.js';
import { LOCAL } from '../paths.js';
import { isAlive, signal } from '../process-identity.js';
import { removeAbandoned, removeStackData } from '../stack-folder.js';
import { readState, type StackFiles } from '../supervisor/state.js';
import { untilEnded } from './follow.js';
import { endLeftovers, leftovers } from './leftovers.js';

/** Ends everything in order and keeps the data. */
export async function down(files: StackFiles): Promise<void> {
  await withLock(files.upLock, () => downAlone(files), {
    onWait: () => console.log('another `make up` or `make down` is at work; waiting for it'),
  });
}

async function downAlone(files: StackFiles): Promise<void> {
  const state = readState(files);
  const runs = state !== undefined && isAlive(state.supervisor);
  if (runs) {
    console.log('stopping the stack');
    signal(state.supervisor, 'SIGTERM');
    if (!(await untilEnded(files))) signal(state.supervisor, 'SIGKILL');
  }
  const left = leftovers(files.pids);
  if (left.length > 0) {
    console.log(`ending what a killed supervisor left behind: ${left.map(({ name }) => name).join(', ')}`);
    await endLeftovers(files.pids);
  }
  console.log(runs || left.length > 0 ? 'the stack is down; its data are kept' : 'the stack is down');
}

/** Ends everything and removes the data; fetched programs stay. */
export async function clean(files: StackFiles): Promise<void> {
  await down(files);
  removeAbandoned(join(LOCAL, 'test'));
  removeStackData(files.root, ['parts', 'test']);
  console.log('its data are removed');
}
