import { type Random, type SimulatedWebhook, seededRandom } from '@payments/simulator';
import type { LedgerPlan } from './plan.js';

export type LedgerWebhook = SimulatedWebhook<unknown>;

/** Payments whose lives are told in one window. */
const WINDOW_PAYMENTS = 400;
/** Of webhooks, so many are delivered twice. */
export const DUPLICATED_SHARE = 0.1;
/** Of deliveries, so many come a window late: lives reach over several, and so do duplicates. */
const LATE_SHARE = 0.25;

/** Every webhook of the plan, some twice, each window of them shuffled; the same for the same seed. */
export function* deliveriesOf(plan: LedgerPlan): Generator<LedgerWebhook> {
  const random = seededRandom(plan.seed ^ 0x5bd1e995);
  let late: LedgerWebhook[] = [];
  for (let first = 0; first < plan.payments; first += WINDOW_PAYMENTS) {
    const window = late;
    late = [];
    for (let index = first; index < Math.min(first + WINDOW_PAYMENTS, plan.payments); index += 1) {
      for (const webhook of plan.history(index).webhooks) {
        const copies = random() < DUPLICATED_SHARE ? 2 : 1;
        for (let copy = 0; copy < copies; copy += 1) (random() < LATE_SHARE ? late : window).push(webhook);
      }
    }
    yield* shuffled(window, random);
  }
  yield* shuffled(late, random);
}

/** In place. */
function shuffled<T>(list: T[], random: Random): T[] {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other] as T, list[last] as T];
  }
  return list;
}
