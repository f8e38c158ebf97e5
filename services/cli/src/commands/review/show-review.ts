import { type AttemptId, gatewayIdempotencyKeyOf } from '@payments/domain';
import {
  type AuditEntry,
  attemptJson,
  intentJson,
  readAuditLog,
  readIntent,
  type StoredAttempt,
  type StoredIntent,
} from '@payments/persistence';
import type { CliContext } from '../../cli-context.js';
import type { OutputOptions } from '../../options.js';
import { errorText } from '../../output/error-text.js';
import { json } from '../../output/json.js';
import { moneyText } from '../../output/money.js';
import { fields, table } from '../../output/table.js';
import { sentText } from '../intent/timeline-text.js';
import { findAttempt } from './find-attempt.js';
import { verdictText } from './verdict-text.js';

interface FoundReview {
  readonly attempt: StoredAttempt;
  readonly intent: StoredIntent | undefined;
  /** Verdicts given so far, newest first. */
  readonly acts: readonly AuditEntry[];
}

const ACTS_COUNT_MAX = 20;

/** `payments review show` */
export async function showReview(
  context: CliContext,
  attemptId: AttemptId,
  options: OutputOptions,
): Promise<void> {
  const found = await context.withDatabase(async (database): Promise<FoundReview> => {
    const { primary } = database;
    const attempt = await findAttempt(database, attemptId);
    const subject = `attempt:${attemptId}`;
    const acts = await readAuditLog(primary, { subject, countMax: ACTS_COUNT_MAX });
    return { attempt, acts, intent: await readIntent(primary, attempt.intentId) };
  });
  context.out(options.json ? json(foundJson(found)) : foundText(found));
}

function foundJson({ attempt, intent, acts }: FoundReview): object {
  return {
    attempt: { ...attemptJson(attempt), idempotencyKey: keyOf(attempt) },
    intent: intent === undefined ? null : intentJson(intent),
    acts,
  };
}

function foundText({ attempt, intent, acts }: FoundReview): string {
  const payment = intent === undefined ? '' : `\n${intentFields(intent, attempt)}`;
  return `${attemptFields(attempt)}${payment}${acts.length === 0 ? '' : `\n${actsTable(acts)}`}`;
}

function attemptFields(attempt: StoredAttempt): string {
  const { lastError, inquiryError } = attempt;
  return fields({
    attempt: attempt.attemptId,
    call: `${attempt.operation} at ${attempt.provider}, leg ${attempt.leg}`,
    state: attempt.state,
    'asked for': time(attempt.askedAt),
    'idempotency key': keyOf(attempt),
    calls: sentText(attempt.sends),
    'last sent': time(attempt.lastSentAt),
    "acts on the gateway's": attempt.targetId,
    'unknown since': time(attempt.unknownSince),
    inquiries: attempt.inquiries,
    'first not found': time(attempt.notFoundSince),
    'waits for a person since': time(attempt.needsReviewSince),
    'last error': lastError && errorText(lastError),
    'last inquiry': inquiryError && errorText(inquiryError),
    verdict: verdictText(attempt),
    ended: time(attempt.finishedAt),
  });
}

function intentFields(intent: StoredIntent, { amount }: StoredAttempt): string {
  const { currency } = intent;
  return fields({
    intent: intent.intentId,
    order: intent.orderId,
    customer: intent.customerId,
    status: intent.status,
    amount: moneyText({ amountMinor: intent.amount, currency }),
    'of which this call': amount === null ? null : moneyText({ amountMinor: amount, currency }),
    captured: moneyText({ amountMinor: intent.amountCaptured, currency }),
    "gateway's object":
      intent.gatewayIntentId && `${intent.currentGatewayProvider} ${intent.gatewayIntentId}`,
  });
}

function actsTable(acts: readonly AuditEntry[]): string {
  return table(
    ['AT', 'BY', 'EVIDENCE'],
    acts.map(({ at, by, reason }) => [at, by, reason]),
  );
}

/** For finding the request in the gateway's dashboard. */
function keyOf({ commandId, leg, operation, keyRound }: StoredAttempt): string {
  return gatewayIdempotencyKeyOf(commandId, leg, operation, keyRound);
}

function time(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
