import { ORDERLY } from '../delivery/disorder.js';
import { HOUR_MS } from '../time-units.js';
import type { ControlHandler } from './control-request.js';

const SHARE = { min: 0, max: 1 } as const;

/** How disorderly webhooks are sent, from the start of the seed's sequence; what is left out is orderly. */
export const setDisorder: ControlHandler = ({ body }, { webhooks }) => {
  body.only(...Object.keys(ORDERLY));
  webhooks.setDisorder({
    seed: body.integer('seed', { min: 0, max: 2 ** 31 - 1 }) ?? ORDERLY.seed,
    duplicate: body.number('duplicate', SHARE) ?? ORDERLY.duplicate,
    reorder: body.number('reorder', SHARE) ?? ORDERLY.reorder,
    delay: body.number('delay', SHARE) ?? ORDERLY.delay,
    delayMsMax: body.integer('delayMsMax', { min: 1, max: HOUR_MS }) ?? ORDERLY.delayMsMax,
    drop: body.number('drop', SHARE) ?? ORDERLY.drop,
    concurrency: body.integer('concurrency', { min: 1, max: 64 }) ?? ORDERLY.concurrency,
  });
  return { disorder: webhooks.disorder };
};
