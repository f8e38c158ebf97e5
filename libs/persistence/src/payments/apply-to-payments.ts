import {
  abandonmentOf,
  type Fact,
  type FactOnLeg,
  type IntentRowId,
  onLeg,
  strongestOutcome,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type Asking, askGateways } from '../commands/ask-gateways.js';
import { answerGatewayRequests } from '../commands/gateway-requests.js';
import { pipelined } from '../statements/pipelined.js';
import { claimRefs } from './claim-refs.js';
import { type CommandOfRefund, commandsOfRefunds } from './commands-of-refunds.js';
import { foldReports, type LocatedReport } from './fold-reports.js';
import { type LoadedPayment, loadPaymentsForUpdate } from './load-payments.js';
import { type Located, locateReports } from './locate-reports.js';
import { markOrdersPaid } from './mark-orders-paid.js';
import { type Owner, type RefKey, refKeyOf, waitsForOf } from './object-ref.js';
import type { PaymentChange } from './payment-change.js';
import type { FailedVerdict, Report, Verdict } from './report.js';
import { partsOf, wholeVerdict } from './report-parts.js';
import type { Resolved } from './resolve-owners.js';
import { savePayments } from './save-payments.js';

/** The result of applying reports; valid once the transaction commits. */
export interface Applied {
  /** One for each report, in order. */
  readonly verdicts: readonly Verdict[];
  /** The payments that reports were about, before and after. */
  readonly changes: readonly PaymentChange[];
  /** Shards with new events: wake the relay for them after the commit. */
  readonly outboxShards: ReadonlySet<number>;
  /** Claimed refs for which webhooks may wait: settle those after the commit (`settleWaiting`). */
  readonly claimedAwaited: ReadonlySet<RefKey>;
}

interface Entry extends LocatedReport {
  readonly paymentIntentId: IntentRowId;
  readonly settle: (verdict: Verdict) => void;
}

/**
 * Applies reports to payments: the only path by which facts become rows, whatever their source. Finds the payments,
 * locks them in the order of their ids, decides, and writes intents, legs, transactions, refs and events, in a fixed
 * number of statements for any number of reports. The facts of a payment are applied in the order of the gateway's
 * time. Webhooks that waited for a ref that is claimed here are left to `settleWaiting`, since there may be any
 * number of them.
 *
 * Run it in a transaction, at READ COMMITTED, before other locks are taken.
 *
 * @throws VersionConflictError, or SQLSTATE 40P01, after a conflict with another transaction: roll back and retry
 */
export async function applyToPayments(em: EntityManager, reports: readonly Report[]): Promise<Applied> {
  const parts = reports.map(partsOf);
  const { verdicts, ...applied } = await applyParts(em, parts.flat());
  let end = 0;
  const whole = parts.map(({ length }) => {
    end += length;
    return wholeVerdict(verdicts.slice(end - length, end));
  });
  return { ...applied, verdicts: whole };
}

async function applyParts(em: EntityManager, reports: readonly Report[]): Promise<Applied> {
  const [commandOf, located] = await pipelined([commandsOfRefunds(em, reports), locateReports(em, reports)]);
  const owners: Owners = { ownerOf: located.ownerOf, commandOf };
  const verdicts: Verdict[] = [];
  const entries = reports.flatMap((report, index) => {
    const settle = (verdict: Verdict): void => {
      verdicts[index] = verdict;
    };
    return entryOf(owners, report, located.reports[index] ?? null, settle) ?? [];
  });
  const changes = await decide(em, entries);
  const records = await askGateways(em, abandonmentsIn(changes));
  const [outboxShards] = await pipelined([
    savePayments(em, changes, records),
    answerGatewayRequests(
      em,
      reports.flatMap(({ answers }) => answers ?? []),
    ),
    claimRefs(em, located),
  ]);
  return { verdicts, changes, outboxShards, claimedAwaited: located.awaited };
}

interface Owners extends Pick<Located, 'ownerOf'> {
  readonly commandOf: CommandOfRefund;
}

function entryOf(
  owners: Owners,
  report: Report,
  resolved: Resolved | string,
  settle: Entry['settle'],
): Entry | undefined {
  if (resolved === null) {
    settle({ status: 'UNMATCHED', paymentIntentId: null, waitsFor: waitsForOf(report) });
    return undefined;
  }
  if (typeof resolved === 'string') {
    settle(failed(resolved));
    return undefined;
  }
  if ('conflict' in resolved) {
    settle(failed(`its ids belong to ${resolved.conflict.length} payments: ${resolved.conflict.join(', ')}`));
    return undefined;
  }
  return {
    report,
    paymentIntentId: resolved.paymentIntentId as IntentRowId,
    facts: report.facts.map((fact) => onLegOf(fact, resolved, owners)),
    settle,
  };
}

/** The leg of the fact's own object, else of one of its related objects, else of the report. */
function onLegOf(fact: Fact, owner: Owner, { ownerOf, commandOf }: Owners): FactOnLeg {
  const legOf = (objectId: string): number | undefined => {
    const found = ownerOf(refKeyOf(fact.provider, objectId));
    return found?.paymentIntentId === owner.paymentIntentId ? found.leg : undefined;
  };
  let leg = legOf(fact.objectId);
  for (const id of fact.relatedIds) leg ??= legOf(id);
  const commandId = commandOf(fact, owner.paymentIntentId as IntentRowId);
  return onLeg(fact, leg ?? owner.leg, commandId);
}

/**
 * Whether an order is paid twice is known only after the decisions. The few payments concerned are decided again with
 * that knowledge, so that all alerts come from the domain's decisions.
 */
async function decide(em: EntityManager, entries: readonly Entry[]): Promise<PaymentChange[]> {
  const reported = await loadReported(em, entries);
  const folds = reported.map(({ before, inTime }) => foldReports(before, inTime));
  const paidElsewhere = await markOrdersPaid(
    em,
    folds.map(({ change }) => change),
  );
  return reported.map(({ before, inTime }, index) => {
    const { id } = before.payment.intent;
    const fold = paidElsewhere.has(id) ? foldReports(ofPaidOrder(before), inTime) : folds[index];
    if (fold === undefined) throw new Error(`payment ${id} was not decided`);
    inTime.forEach(({ settle }, nth) => {
      settle(verdictOf(fold.outcomes[nth] ?? [], id));
    });
    return fold.change;
  });
}

interface ReportedPayment {
  readonly before: LoadedPayment;
  /** Its entries in the order of the gateway's time. */
  readonly inTime: readonly Entry[];
}

/** Locks and loads the payments that entries are about; entries of archived ones fail. */
async function loadReported(em: EntityManager, entries: readonly Entry[]): Promise<ReportedPayment[]> {
  const byPayment = Map.groupBy(entries, ({ paymentIntentId }) => paymentIntentId);
  const payments = await loadPaymentsForUpdate(em, [...byPayment.keys()]);
  return [...byPayment].flatMap(([id, ofPayment]) => {
    const before = payments.get(id);
    if (before !== undefined) return { before, inTime: ofPayment.sort((a, b) => timeOf(a) - timeOf(b)) };
    const verdict = failed(`payment ${id} lacks a row: its partition is archived`, id);
    for (const { settle } of ofPayment) settle(verdict);
    return [];
  });
}

function ofPaidOrder({ payment, ...loaded }: LoadedPayment): LoadedPayment {
  return { ...loaded, payment: { ...payment, intent: { ...payment.intent, orderPaidElsewhere: true } } };
}

/** Requests the cancellation of legs that were abandoned for another one, so that they cannot be paid any more. */
function abandonmentsIn(changes: readonly PaymentChange[]): Asking[] {
  return changes
    .filter(({ folded }) => folded.abandonedLegs.length > 0)
    .map(({ folded: { payment, abandonedLegs } }) => ({
      intent: payment.intent,
      now: Date.now(),
      asked: abandonedLegs.flatMap((leg) => abandonmentOf(payment, leg)),
    }));
}

function verdictOf(
  outcome: ReturnType<typeof foldReports>['outcomes'][number],
  paymentIntentId: IntentRowId,
): Verdict {
  if (outcome instanceof Error) return failed(outcome.message, paymentIntentId);
  const decisions = outcome as Exclude<typeof outcome, Error>;
  return { status: strongestOutcome(decisions.map((one) => one.outcome)), paymentIntentId, decisions };
}

/** The gateway's time of the first fact; a report without facts comes last. */
function timeOf({ facts }: Entry): number {
  return facts.reduce((first, { occurredAt }) => Math.min(first, occurredAt), Number.MAX_SAFE_INTEGER);
}

function failed(error: string, paymentIntentId: IntentRowId | null = null): FailedVerdict {
  return { status: 'FAILED', paymentIntentId, error };
}
