import type { CommandId, Fact, IntentRowId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import type { Report } from './report.js';

/** The command that asked for the refund that a fact of this payment is about; undefined for all other facts. */
export type CommandOfRefund = (fact: Fact, paymentIntentId: IntentRowId) => CommandId | undefined;

interface Row {
  readonly attempt_id: string;
  readonly payment_intent_id: IntentRowId;
  readonly command_id: CommandId;
}

const READ = `
SELECT attempt_id, payment_intent_id, command_id FROM gateway_attempts WHERE attempt_id = ANY($1::uuid[])`;

/**
 * Refunds of one payment may be identical except for the attempt that asked for each, which gateways hand back: in
 * answers, in webhooks, and in what is fetched. One statement, and none without such a refund. Needs no lock: an
 * attempt is committed before its gateway is called, and its command never changes.
 */
export async function commandsOfRefunds(
  em: EntityManager,
  reports: readonly Report[],
): Promise<CommandOfRefund> {
  const attemptIds = new Set(
    reports.flatMap(({ facts }) => facts.flatMap((fact) => attemptIdIn(fact) ?? [])),
  );
  const rows: Row[] = attemptIds.size === 0 ? [] : await em.query(READ, [[...attemptIds]]);
  const found = new Map(rows.map((row) => [row.attempt_id, row]));
  return (fact, paymentIntentId) => {
    const attempt = found.get(attemptIdIn(fact) ?? '');
    // What a gateway hands back is data: it may name an attempt of another payment.
    return attempt?.payment_intent_id === paymentIntentId ? attempt.command_id : undefined;
  };
}

function attemptIdIn(fact: Fact): string | undefined {
  return fact.kind === 'refund' ? fact.attemptId?.toLowerCase() : undefined;
}
