import { isAlive, residentBytes } from '../process-identity.js';
import { readState, type StackFiles } from '../supervisor/state.js';
import { leftovers } from './leftovers.js';
import { statusTable } from './status-table.js';

/** @returns whether the stack is up: started and not being stopped, whatever single parts do. */
export function printStatus(files: StackFiles): boolean {
  const state = readState(files);
  if (state !== undefined && isAlive(state.supervisor)) {
    const rows = state.parts.map((part) => ({
      ...part,
      residentBytes: part.pid === undefined ? undefined : residentBytes(part.pid),
    }));
    console.log(statusTable(rows, Date.now()));
    if (state.phase !== 'ready') console.log(`the stack is ${state.phase}`);
    return state.phase === 'ready';
  }
  const left = leftovers(files.pids);
  if (left.length > 0) {
    console.log('The supervisor was killed; `make up` or `make down` ends what it left behind:');
    for (const { name, identity } of left) console.log(`  ${name} (process ${identity.pid})`);
  } else if (state?.phase === 'failed') {
    console.log(`The stack is down: its last start failed. ${state.message ?? ''}`);
  } else {
    console.log('The stack is down; `make up` starts it.');
  }
  return false;
}
