import { randomUUID } from 'node:crypto';
import {
  ATTEMPT_POLICY,
  type AttemptSubject,
  asCommandId,
  asIntentRowId,
  type Command,
  type CommandId,
  type CreateCommand,
  decideSend,
  type Ending,
  type Fact,
  type GatewayOperation,
  type GatewayProvider,
  type IntentId,
  type IntentRowId,
  intentIdOf,
  type PostponeStep,
  uuidv7,
} from '@payments/domain';
import { createCommand } from '@payments/domain/testing';
import type { AnswerOfGateway } from '../attempts/apply-answers.js';
import type { AttemptLease } from '../attempts/lease-attempts.js';
import { markSent } from '../attempts/mark-sent.js';
import {
  applyCommands,
  insertAttempts,
  type LeasedAttempt,
  leaseAttempts,
  loadSubject,
  type NewAttempt,
  postpone,
  readAttemptsOf,
  type Settled,
  type StoredAttempt,
  settle,
} from '../index.js';
import { entryOf } from './command-entry.js';
import type { TestLedger } from './deliveries.js';

export const LEASE_MS = 60_000;

const SUCCEEDED: Ending = { state: 'SUCCEEDED', error: null, isPointless: false, failOver: null };

/** Commands, and the steps of a gateway's worker, each in its own transaction. */
export interface TestGateway {
  /** Applies commands and inserts the resulting attempts, as if through the gateways' topics. */
  command(...commands: readonly Command[]): Promise<void>;
  lease(
    provider: GatewayProvider,
    options?: { limit?: number; leftAlone?: { reviewAfterMs: number } },
  ): Promise<LeasedAttempt[]>;
  /** The only due attempt. */
  leaseOne(provider: GatewayProvider): Promise<LeasedAttempt>;
  /** The worker's step right before the call. */
  send(leased: LeasedAttempt): Promise<SentAttempt>;
  load(lease: AttemptLease): Promise<AttemptSubject>;
  /** The worker's step after an answer. */
  end(leased: LeasedAttempt, answer: Partial<AnswerOfGateway>, ending?: Ending): Promise<Settled>;
  postpone(lease: AttemptLease, step: PostponeStep): Promise<void>;
  attemptsOf(intentId: IntentId): Promise<StoredAttempt[]>;
}

export interface SentAttempt extends LeasedAttempt {
  /** As it was when it was marked. */
  readonly subject: AttemptSubject;
}

export function testGateway(ledger: TestLedger): TestGateway {
  const { transaction } = ledger;
  const lease: TestGateway['lease'] = async (provider, { limit = 100, leftAlone } = {}) => {
    const options = { provider, limit, leftAlone: leftAlone ?? null, leaseMs: LEASE_MS };
    return [...(await transaction((em) => leaseAttempts(em, options))).leased];
  };
  return {
    lease,
    command: async (...commands) => {
      await transaction((em) => applyCommands(em, commands.map(entryOf), Date.now()));
      await takeUpCommands(ledger);
    },
    leaseOne: async (provider) => {
      const leased = await lease(provider);
      const [only] = leased;
      if (only === undefined || leased.length > 1) throw new Error(`${leased.length} attempts are due`);
      return only;
    },
    send: (leased) =>
      transaction(async (em) => {
        const subject = await loadSubject(em, leased.lease);
        const step = decideSend(subject, ATTEMPT_POLICY);
        if (step.kind !== 'send') throw new Error(`it is not sent: ${step.kind}`);
        const attempt = await markSent(em, leased.lease, step);
        return { lease: leased.lease, attempt, subject: { ...subject, attempt } };
      }),
    end: (leased, answer, ending = SUCCEEDED) =>
      transaction((em) =>
        settle(em, leased, ending, { gatewayObjectId: 'pi_1', objectIds: [], facts: [], ...answer }),
      ),
    load: (held) => transaction((em) => loadSubject(em, held)),
    postpone: (held, step) => transaction((em) => postpone(em, held, step)),
    attemptsOf: (intentId) => readAttemptsOf(ledger.database.primary, intentId),
  };
}

interface CommandRow {
  readonly id: string;
  readonly payload: Record<string, never>;
}

/** Takes the gateways' records out of the outbox and inserts their attempts, in order. */
export async function takeUpCommands(ledger: TestLedger): Promise<void> {
  await ledger.transaction(async (em) => {
    const rows: CommandRow[] = await em.query(
      `WITH taken AS (DELETE FROM outbox WHERE topic LIKE 'payment.gateway.commands.%' RETURNING id, payload)
       SELECT id, payload FROM taken ORDER BY id`,
    );
    await insertAttempts(
      em,
      rows.map(({ payload }) => attemptIn(payload)),
    );
  });
}

function attemptIn(payload: Readonly<Record<string, unknown>>): NewAttempt {
  const { amount, leg, issuedAt, notAfter } = payload;
  return {
    commandId: payload.commandId as CommandId,
    paymentIntentId: payload.paymentIntentId as IntentRowId,
    intentId: payload.intentId as IntentId,
    operation: payload.operation as GatewayOperation,
    provider: payload.gatewayProvider as GatewayProvider,
    leg: Number(leg),
    amount: amount === null ? null : BigInt(String(amount)),
    askedAt: Number(issuedAt),
    notAfter: notAfter === null ? null : Number(notAfter),
  };
}

/** Attempts whose payments need not exist. */
export function someAttempts(count: number): NewAttempt[] {
  return Array.from({ length: count }, () => ({
    commandId: asCommandId(randomUUID()),
    paymentIntentId: asIntentRowId(uuidv7()),
    leg: 1,
    ...({ intentId: intentIdOf(randomUUID(), 'stripe'), operation: 'create', provider: 'stripe' } as const),
    amount: 1999n,
    askedAt: Date.now(),
    notAfter: null,
  }));
}

/** A creation that is confirmed at once. */
export function checkout(over: Partial<CreateCommand> = {}): CreateCommand {
  return createCommand({ confirm: true, paymentMethodToken: 'pm_1', ...over });
}

export function fallbackTo(
  gatewayProvider: GatewayProvider,
  paymentMethodToken = `token_${gatewayProvider}`,
) {
  return { gatewayProvider, paymentMethodToken };
}

/** Operation, leg and state of each attempt, in order. */
export function inShort(attempts: readonly StoredAttempt[]): string[] {
  return attempts.map(({ operation, leg, state }) => `${operation} ${leg} ${state}`);
}

/** A gateway's fact about an object that it opened. */
export function awaitsConfirmation(objectId: string, provider: GatewayProvider = 'stripe'): Fact {
  return {
    kind: 'requires_confirmation',
    provider,
    objectId,
    parentId: objectId,
    relatedIds: [],
    occurredAt: 1_764_000_000_000,
  };
}
