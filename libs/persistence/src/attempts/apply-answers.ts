import type { Attempt, Fact } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type Applied, applyToPayments } from '../payments/apply-to-payments.js';
import type { Report } from '../payments/report.js';
import { AnswerNotBookedError } from './errors.js';

/** What a gateway told of a payment: as its client gives it. */
export interface AnswerOfGateway {
  readonly gatewayObjectId: string;
  readonly objectIds: readonly string[];
  readonly facts: readonly Fact[];
}

/** What a gateway told of an attempt's payment. */
export interface Answered {
  readonly attempt: Attempt;
  /** Null if there are no facts. */
  readonly answer: AnswerOfGateway | null;
  /** The attempt ends with it, and so does its request. */
  readonly ends: boolean;
}

/**
 * Applies what gateways told of the payments of attempts. The attempts themselves stay as they are.
 *
 * Run it at READ COMMITTED, with facts before other locks are taken; the leases are the caller's to check.
 *
 * @throws AnswerNotBookedError if the facts of one contradict what is known here: roll back
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
 */
export async function applyAnswers(em: EntityManager, answered: readonly Answered[]): Promise<Applied> {
  const applied = await applyToPayments(em, answered.map(reportOf));
  for (const verdict of applied.verdicts) {
    if (verdict.status === 'FAILED') throw new AnswerNotBookedError(verdict.error);
  }
  return applied;
}

function reportOf({ attempt, answer, ends }: Answered): Report {
  const { commandId, paymentIntentId, leg, operation, provider } = attempt;
  return {
    source: 'command',
    provider,
    intentId: null,
    objectIds: answer?.objectIds ?? [],
    facts: answer?.facts ?? [],
    leg: {
      paymentIntentId,
      leg,
      ...(operation === 'create' && answer !== null && { gatewayObjectId: answer.gatewayObjectId }),
    },
    ...(ends && { answers: { commandId, leg, operation } }),
  };
}
