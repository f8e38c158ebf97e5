import type { Attempt, Fact } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type Applied, applyToPayments } from '../payments/apply-to-payments.js';
import type { Report } from '../payments/report.js';
import { AnswerNotBookedError } from './errors.js';

/** A gateway's answer about a payment, as its client returns it. */
export interface AnswerOfGateway {
  readonly gatewayObjectId: string;
  readonly objectIds: readonly string[];
  readonly facts: readonly Fact[];
}

/** A gateway's answer about the payment of an attempt. */
export interface Answered {
  readonly attempt: Attempt;
  /** Null if there are no facts. */
  readonly answer: AnswerOfGateway | null;
  /** The answer ends the attempt, and so its request. */
  readonly ends: boolean;
}

/**
 * Applies gateways' answers to the payments of attempts. The attempts themselves are not changed.
 *
 * Run it at READ COMMITTED, before other locks are taken; the caller checks the leases.
 *
 * @throws AnswerNotBookedError if the facts of an answer contradict what is stored: roll back
 * @throws VersionConflictError, or SQLSTATE 40P01, after a conflict with another transaction: roll back and retry
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
