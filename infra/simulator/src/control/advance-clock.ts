import { DAY_MS } from '../time-units.js';
import type { ControlHandler } from './control-request.js';

/** Moves the simulator's time on: keys expire, customers act, webhooks are sent again. */
export const advanceClock: ControlHandler = ({ body }, { clock }) => {
  body.only('advanceMs');
  clock.advance(body.requiredInteger('advanceMs', { min: 0, max: 365 * DAY_MS }));
  return { now: new Date(clock.now()).toISOString() };
};
