import type { ControlHandler } from './control-request.js';

export const listFaults: ControlHandler = (_, { faults }) => ({ faults: faults.list() });
