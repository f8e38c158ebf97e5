import { type ControlHandler, refused } from './control-request.js';

export const removeFault: ControlHandler = async ({ path }, simulator) => {
  if (!simulator.faults.remove(Number(path.id)))
    throw refused(404, `there is no fault ${path.id}: GET /control/faults`);
  await simulator.onFaultsChanged();
  return { faults: simulator.faults.list() };
};
