import type { WebhookOptions } from '../webhooks/simulated-webhook.js';
import type { Step, StepKind, StepOf } from './outcomes.js';

/** What a gateway sends for each kind of step. Nothing, where it has no event for it. */
export type Teller<Webhook> = {
  readonly [Kind in StepKind]: (step: StepOf<Kind>, at: Moment) => readonly Webhook[];
};

/** What a step is told with. */
export interface Moment {
  /** For every webhook of this step: time, amount, currency, our ids. */
  readonly common: Required<Pick<WebhookOptions, 'atMs' | 'amount' | 'currency' | 'intentId'>> &
    Pick<WebhookOptions, 'random' | 'orderReference'>;
  /** Minor units of so many hundredths of the amount. */
  readonly partOf: (share: number) => number;
}

export function tell<Webhook>(teller: Teller<Webhook>, step: Step, at: Moment): readonly Webhook[] {
  const say = teller[step.kind] as (step: Step, at: Moment) => readonly Webhook[];
  return say(step, at);
}
