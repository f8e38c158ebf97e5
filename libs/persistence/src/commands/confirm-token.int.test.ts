import { expect, test } from '@jest/globals';
import type { Command, CreateCommand } from '@payments/domain';
import { commandOn, createCommand } from '@payments/domain/testing';
import { type AppliedCommands, applyCommands } from '../index.js';
import { entryOf } from '../testing/command-entry.js';
import type { TestLedger } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

const apply = (...commands: readonly Command[]): Promise<AppliedCommands> =>
  ledger.transaction((em) => applyCommands(em, commands.map(entryOf), Date.now()));

const codes = ({ decided }: AppliedCommands) => decided.map(({ rejection }) => rejection?.code ?? 'DONE');

const confirmation = (create: CreateCommand) => commandOn(create, 'confirm', { paymentMethodToken: null });

test('a confirmation without a token uses the one of the creation', async () => {
  const [without, withToken] = [createCommand(), createCommand({ paymentMethodToken: 'pm_1' })];
  expect(codes(await apply(without, withToken))).toEqual(['DONE', 'DONE']);
  const [rejected, done] = [confirmation(without), confirmation(withToken)];
  expect(codes(await apply(rejected, done)).toSorted()).toEqual(['DONE', 'INVALID_COMMAND']);
  const requests = await ledger.rows(`SELECT command_id FROM gateway_requests WHERE operation = 'confirm'`);
  expect(requests).toEqual([{ command_id: done.commandId }]);
  const again = await apply(rejected);
  expect([again.decided, again.repeated.map(({ commandId }) => commandId)]).toEqual([
    [],
    [rejected.commandId],
  ]);
});

test('the same in one batch with the creation, or with a confirmation that has the token', async () => {
  const create = createCommand();
  const retried = commandOn(create, 'confirm', { paymentMethodToken: 'pm_1' });
  expect(codes(await apply(create, confirmation(create), retried))).toEqual([
    'DONE',
    'INVALID_COMMAND',
    'DONE',
  ]);
});
