import {
  type Command,
  type CreateCommand,
  decideCommand,
  type IntentId,
  type IntentRowId,
  uuidv7,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { createPayments, type NewPaymentRow } from '../payments/create-payments.js';
import { VersionConflictError } from '../payments/version-conflict-error.js';

/** Intents that commands created or tried to create: the basis for deciding those commands. */
export interface Creations {
  /** The row id that an intent has now, or would have had. */
  readonly rowIdOf: (intentId: IntentId) => IntentRowId;
  /** Intents whose order has another payment. */
  readonly refused: ReadonlySet<IntentId>;
}

/**
 * Creates the intents of creation commands: for each the first creation that can be accepted. If its order has
 * another payment, that is the first one that allows another.
 *
 * @param commands of intents that do not exist, by intent, each in order
 * @throws VersionConflictError if one of them was created concurrently: roll back and retry
 */
export async function createCommanded(
  em: EntityManager,
  commands: ReadonlyMap<IntentId, readonly Command[]>,
  now: number,
): Promise<Creations> {
  const rowIds = new Map<IntentId, IntentRowId>();
  const rowIdOf = (intentId: IntentId): IntentRowId => {
    const id = rowIds.get(intentId) ?? (uuidv7(now) as IntentRowId);
    rowIds.set(intentId, id);
    return id;
  };
  const creates = Array.from(commands.values(), (ofIntent) =>
    ofIntent.filter((command): command is CreateCommand => isAcceptedCreate(command, now, rowIdOf)),
  );
  const refused = await create(
    em,
    creates.flatMap(([first]) => first ?? []),
    rowIdOf,
  );
  const again = creates.flatMap((ofIntent) => {
    const another = ofIntent.find(({ intentId, allowAnother }) => allowAnother && refused.has(intentId));
    return another ?? [];
  });
  await create(em, again, rowIdOf);
  return { rowIdOf, refused };
}

function isAcceptedCreate(command: Command, now: number, rowIdOf: Creations['rowIdOf']): boolean {
  if (command.type !== 'create') return false;
  const circumstances = { now, rowId: rowIdOf(command.intentId), orderHasAnother: false };
  return decideCommand(undefined, command, circumstances).outcome === 'DONE';
}

/** @returns the intents whose order has another payment; the others are created */
async function create(
  em: EntityManager,
  commands: readonly CreateCommand[],
  rowIdOf: Creations['rowIdOf'],
): Promise<Set<IntentId>> {
  const creations = await createPayments(
    em,
    commands.map((command) => rowOf(command, rowIdOf(command.intentId))),
  );
  for (const { outcome, intentId } of creations) {
    if (outcome === 'exists' || outcome === 'differs') {
      throw new VersionConflictError(`intent ${intentId} was created by another worker`);
    }
  }
  return new Set(
    creations.filter(({ outcome }) => outcome === 'order_has_another').map(({ intentId }) => intentId),
  );
}

function rowOf(command: CreateCommand, id: IntentRowId): NewPaymentRow {
  const { orderId, customerId, provider, attempt, amount, captureMethod, allowAnother } = command;
  const { paymentMethodToken, returnUrl, fallbacks, metadata, expiresAt } = command;
  return {
    id,
    orderId,
    customerId,
    provider,
    attempt,
    amount,
    captureMethod,
    allowAnother,
    paymentMethodToken,
    returnUrl,
    fallbacks,
    metadata,
    confirmRequested: command.confirm,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  };
}
