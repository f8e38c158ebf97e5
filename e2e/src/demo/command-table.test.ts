import { expect, test } from '@jest/globals';
import {
  type CommandResult,
  type CommandsSeen,
  commandContradictions,
  commandTable,
} from './command-table.js';

const created: CommandResult = { answer: '202', outcome: 'DONE', code: '', payment: 'CREATED', version: 1 };
const refused: CommandResult = { answer: '401', outcome: '', code: '', payment: '', version: 0 };

function seen(
  found: Partial<CommandResult> = {},
  expected = created,
  paymentsOfRepeated: number | null = 1,
): CommandsSeen {
  const command = { path: 'HTTP', what: 'create', expected, found: { ...expected, ...found } } as const;
  return { commands: [{ ...command, committedMs: 12.34 }], paymentsOfRepeated };
}

test('commands with the expected results are no contradictions, nor are those that were expected to be refused', () => {
  expect(commandContradictions(seen())).toEqual([]);
  expect(commandContradictions(seen({}, refused))).toEqual([]);
});

test('a version that depends on the order of webhooks is not compared', () => {
  const { commands } = seen({ version: 4 });
  const [command] = commands.map((one) => ({ ...one, expected: { ...one.expected, version: null } }));
  expect(commandContradictions({ commands: command ? [command] : [], paymentsOfRepeated: 1 })).toEqual([]);
});

test.each<[string, CommandsSeen, string]>([
  ['another answer', seen({ answer: '503 Unavailable' }), 'answer is 503 Unavailable in place of 202'],
  ['a command that nobody decided', seen({ outcome: '' }), 'outcome is none in place of DONE'],
  ['another code', seen({ code: 'INTENT_DIFFERS' }), 'code is INTENT_DIFFERS in place of none'],
  ['another status', seen({ payment: 'CANCELED' }), 'payment is CANCELED in place of CREATED'],
  ['a change too many', seen({ version: 2 }), 'version is 2 in place of 1'],
  ['a payment in spite of a refusal', seen({ version: 1 }, refused), 'version is 1 in place of none'],
  ['a second payment for a repetition', seen({}, created, 2), 'has 2 payments in place of 1'],
  ['an order that cannot be read', seen({}, created, null), 'who knows how many payments in place of 1'],
  ['no payment for a repetition', seen({}, created, 0), 'has 0 payments in place of 1'],
])('%s does not', (_what, commands, complaint) => {
  expect(commandContradictions(commands)).toEqual([expect.stringContaining(complaint)]);
});

test('the table has a line for each command, with a dot for each missing value', () => {
  const { commands } = seen({}, refused);
  const shown = commandTable({ commands: [...seen().commands, ...commands], paymentsOfRepeated: 1 });
  expect(shown).toMatch(/HTTP +create +202 +DONE +· +CREATED \(version 1\) +12\.3\n/);
  expect(shown).toMatch(/HTTP +create +401 +· +· +· +12\.3$/);
});
