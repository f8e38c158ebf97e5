import { randomUUID } from 'node:crypto';
import type { Command, GatewayOperation, IntentRowId } from '@payments/domain';
import { createCommand } from '@payments/domain/testing';
import { type AppliedCommands, applyCommands, type Report } from '../index.js';
import { entryOf } from './command-entry.js';
import { captured, type TestLedger } from './deliveries.js';

/** Commands as their worker applies them, and the answers that gateways give to the calls they ask for. */
export interface TestCommands {
  /** One batch, in one transaction. */
  apply(...commands: readonly Command[]): Promise<AppliedCommands>;
  /** What a gateway answers to the call of a command, as its worker writes it. */
  answer(
    command: Command,
    operation: GatewayOperation,
    facts: Report['facts'],
    gatewayObjectId?: string,
  ): Promise<void>;
  /** An intent that was paid through this gateway object. */
  paidIntent(): Promise<{ create: Command; objectId: string }>;
  rowIdOf(command: Pick<Command, 'intentId'>): Promise<IntentRowId>;
}

export function testCommands(ledger: TestLedger): TestCommands {
  const apply: TestCommands['apply'] = (...commands) =>
    ledger.transaction((em) => applyCommands(em, commands.map(entryOf), Date.now()));
  const rowIdOf: TestCommands['rowIdOf'] = async ({ intentId }) => {
    const [row] = await ledger.rows(
      'SELECT payment_intent_id AS id FROM payment_intent_keys WHERE intent_id = $1',
      [intentId],
    );
    return row?.id as IntentRowId;
  };
  const answer: TestCommands['answer'] = async (command, operation, facts, gatewayObjectId) => {
    const leg = {
      paymentIntentId: await rowIdOf(command),
      leg: 1,
      ...(gatewayObjectId !== undefined && { gatewayObjectId }),
    };
    const answers = { commandId: command.commandId, leg: 1, operation };
    await ledger.write([
      { source: 'command', provider: 'stripe', objectIds: [], intentId: null, facts, leg, answers },
    ]);
  };
  const paidIntent: TestCommands['paidIntent'] = async () => {
    const create = createCommand();
    const objectId = `pi_${randomUUID()}`;
    await apply(create);
    await answer(create, 'create', [captured(objectId)], objectId);
    return { create, objectId };
  };
  return { apply, answer, paidIntent, rowIdOf };
}

/** The rejection of each command, in order; `DONE` for none. */
export function codes({ decided }: AppliedCommands): string[] {
  return decided.map(({ rejection }) => rejection?.code ?? 'DONE');
}
