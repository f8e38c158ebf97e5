import { type SimulatorSettings, STANDARD_SETTINGS } from '../settings.js';
import { DAY_MS } from '../time-units.js';
import type { ControlHandler } from './control-request.js';

const DURATION = { min: 0, max: 365 * DAY_MS } as const;
const FACTOR = { min: 0.001, max: 1_000_000_000 } as const;

/** Changes what is named: lifetimes, delays, and whether customers act by themselves. */
export const changeSettings: ControlHandler = ({ body }, { settings }) => {
  body.only(...Object.keys(STANDARD_SETTINGS));
  const changes: Partial<SimulatorSettings> = {};
  const mode = body.oneOf('customerMode', ['auto', 'manual']);
  if (mode !== undefined) changes.customerMode = mode;
  const factor = body.number('webhookTimeFactor', FACTOR);
  if (factor !== undefined) changes.webhookTimeFactor = factor;
  for (const name of DURATIONS) {
    const value = body.integer(name, DURATION);
    if (value !== undefined) changes[name] = value;
  }
  Object.assign(settings, changes);
  return settings;
};

type Duration = Exclude<keyof SimulatorSettings, 'customerMode' | 'webhookTimeFactor'>;

const DURATIONS = Object.keys(STANDARD_SETTINGS).filter((name): name is Duration => name.endsWith('Ms'));
