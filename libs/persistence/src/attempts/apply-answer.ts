import type { Attempt, Fact } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import type { GatewayRequestKey } from '../commands/gateway-requests.js';
import { type Applied, applyToPayments } from '../payments/apply-to-payments.js';
import { AnswerNotBookedError } from './errors.js';

/** What a gateway told of a payment: as its client gives it. */
export interface AnswerOfGateway {
  readonly gatewayObjectId: string;
  readonly objectIds: readonly string[];
  readonly facts: readonly Fact[];
}

/**
 * Applies what a gateway told of an attempt's payment. The attempt itself stays as it is.
 *
 * Run it at READ COMMITTED, with facts before other locks are taken; the lease is the caller's to check.
 *
 * @param answer null if there are no facts
 * @param answers the request to the gateway that ends with it, if one does
 * @throws AnswerNotBookedError if its facts contradict what is known here: roll back
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
 */
export async function applyAnswer(
  em: EntityManager,
  { paymentIntentId, leg, operation, provider }: Attempt,
  answer: AnswerOfGateway | null,
  answers?: GatewayRequestKey,
): Promise<Applied> {
  const applied = await applyToPayments(em, [
    {
      ...{ source: 'command', provider, intentId: null },
      ...{ objectIds: answer?.objectIds ?? [], facts: answer?.facts ?? [] },
      leg: {
        ...{ paymentIntentId, leg },
        ...(operation === 'create' && answer !== null && { gatewayObjectId: answer.gatewayObjectId }),
      },
      ...(answers !== undefined && { answers }),
    },
  ]);
  const [verdict] = applied.verdicts;
  if (verdict === undefined) throw new Error('a report has no verdict');
  if (verdict.status === 'FAILED') throw new AnswerNotBookedError(verdict.error);
  return applied;
}
