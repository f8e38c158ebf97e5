import type { ControlHandler } from './control-request.js';

export const readRequests: ControlHandler = (_, { counts }) => ({ operations: counts.list() });
