import type { ControlHandler } from './control-request.js';

export const readSettings: ControlHandler = (_, { settings }) => settings;
