import type { ControlHandler } from './control-request.js';

/** As at the start: no payments, faults, keys or counts; where webhooks go stays. */
export const reset: ControlHandler = async ({ body }, simulator) => {
  body.only('seed');
  const seed = body.integer('seed', { min: 0, max: 2 ** 31 - 1 });
  await simulator.reset(seed);
  return { reset: true };
};
