import {
  type AskedCall,
  type CommandedPayment,
  closedRequests,
  type EndedAttempt,
  type Ending,
  type EndingEffect,
  effectOf,
  type Fact,
  type IntentRowId,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import {
  answerGatewayRequests,
  insertGatewayRequests,
  readOpenRequests,
} from '../commands/gateway-requests.js';
import { gatewayCommandOf } from '../commands/outbox-of-commands.js';
import { type Applied, applyToPayments } from '../payments/apply-to-payments.js';
import type { PaymentChange } from '../payments/payment-change.js';
import type { Verdict } from '../payments/report.js';
import { savePayments } from '../payments/save-payments.js';
import { endAttempt, endFollowers, openLegRow } from './end-attempts.js';
import type { LeasedAttempt } from './lease-attempts.js';
import { wakeWaiting } from './wake-attempts.js';

/** What a gateway told of a payment: as its client gives it. */
export interface AnswerOfGateway {
  readonly gatewayObjectId: string;
  readonly objectIds: readonly string[];
  readonly facts: readonly Fact[];
}

/** What settling did; nothing of it counts until the transaction commits. */
export interface Settled extends Pick<Applied, 'changes' | 'outboxShards' | 'claimedAwaited'> {
  /** What became of the answer's facts; FAILED: they could not be applied, and a person has to look. */
  readonly verdict: Verdict;
}

/**
 * Ends an attempt, in one transaction with the facts of its answer, its request, and what the intent is told:
 * see `effectOf`. A failover opens the next leg and asks for its calls; followers that nothing can come of end too.
 *
 * Run it at READ COMMITTED. With facts, before other locks are taken; without, after `loadSubject`.
 *
 * @param answer with the facts that show it; null if there are none
 * @throws LeaseLostError if the lease is another's by now: then nothing is written
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
 */
export async function settle(
  em: EntityManager,
  { lease, attempt }: LeasedAttempt,
  ending: Ending,
  answer: AnswerOfGateway | null = null,
): Promise<Settled> {
  const { commandId, paymentIntentId, leg, operation, provider } = attempt;
  const applied = await applyToPayments(em, [
    {
      ...{ source: 'command', provider, intentId: null },
      ...{ objectIds: answer?.objectIds ?? [], facts: answer?.facts ?? [] },
      leg: {
        ...{ paymentIntentId, leg },
        ...(operation === 'create' && answer !== null && { gatewayObjectId: answer.gatewayObjectId }),
      },
      answers: { commandId, leg, operation },
    },
  ]);
  const [verdict] = applied.verdicts;
  const [change] = applied.changes;
  if (verdict === undefined) throw new Error('a report has no verdict');
  const now = await endAttempt(em, lease, ending);
  const isTold = verdict.status !== 'FAILED' && (answer?.facts ?? []).some(({ kind }) => kind === 'failed');
  const told = change === undefined ? NOTHING : await tell(em, change, { attempt, ending, isTold, now });
  await wakeWaiting(em, paymentIntentId);
  return {
    verdict,
    changes: [...applied.changes, ...told.changes],
    outboxShards: new Set([...applied.outboxShards, ...told.outboxShards]),
    claimedAwaited: applied.claimedAwaited,
  };
}

const NOTHING: Pick<Applied, 'changes' | 'outboxShards'> = { changes: [], outboxShards: new Set() };

/** Writes what follows for the intent from the end of an attempt; its payment is locked, `change` the last on it. */
async function tell(
  em: EntityManager,
  { before, folded }: PaymentChange,
  ended: EndedAttempt,
): Promise<Pick<Applied, 'changes' | 'outboxShards'>> {
  const { id } = folded.payment.intent;
  const requests = (await readOpenRequests(em, [id])).get(id) ?? [];
  const payment: CommandedPayment = { ...folded.payment, requests };
  const effect = effectOf(payment, ended);
  const { leg } = ended.attempt;
  if (effect.closesLeg) {
    await answerGatewayRequests(em, closedRequests(payment, leg));
    await endFollowers(em, { paymentIntentId: id, leg });
  }
  if (effect.event === null) return NOTHING;
  const change: PaymentChange = {
    before: { payment, transactionIds: before.transactionIds },
    folded: {
      ...{ payment: effect.payment, events: [effect.event], decisions: [], legs: [], transactions: [] },
      ...{ alerts: [], abandonedLegs: effect.opened === null ? [] : [leg], intentChanged: true },
    },
    sources: new Map(),
  };
  await open(em, id, effect);
  await insertGatewayRequests(
    em,
    effect.asked.map((asked) => ({ ...asked, paymentIntentId: id, requestedAt: ended.now })),
  );
  const alongside = effect.asked.map((asked) => commandRow(effect.payment, asked, ended.now));
  return { changes: [change], outboxShards: await savePayments(em, [change], alongside) };
}

async function open(em: EntityManager, id: IntentRowId, { opened, payment }: EndingEffect): Promise<void> {
  if (opened === null) return;
  const { leg, paymentMethodToken } = opened;
  const provider = payment.legs.find((one) => one.leg === leg)?.provider;
  if (provider === undefined) throw new Error(`leg ${leg} was opened without a gateway`);
  await openLegRow(em, { paymentIntentId: id, leg, provider, paymentMethodToken });
}

function commandRow({ intent }: CommandedPayment, { commandId, notAfter, call }: AskedCall, now: number) {
  const { id: paymentIntentId, intentId, currency, version } = intent;
  return {
    ...{ paymentIntentId, intentId, version },
    ...gatewayCommandOf(call, { commandId, intentId, paymentIntentId, currency, issuedAt: now, notAfter }),
  };
}
