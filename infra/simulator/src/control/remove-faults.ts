import type { ControlHandler } from './control-request.js';

/** All of them. */
export const removeFaults: ControlHandler = async (_, simulator) => {
  for (const { id } of simulator.faults.list()) simulator.faults.remove(id);
  await simulator.onFaultsChanged();
  return { faults: [] };
};
