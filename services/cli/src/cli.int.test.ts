import { expect, test } from '@jest/globals';
import { sharedStack } from '@payments/local/testing';
import { NO_POSTGRES, runHere, runPayments } from './testing/run-payments.js';

const GROUPS = ['review', 'gateway', 'intent', 'audit'];

test('help is for everybody, with the exit codes, and needs no environment', async () => {
  const { code, out, err } = await runPayments(['--help'], {});
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const group of GROUPS) expect(out).toContain(`\n  ${group} `);
  expect(out).toMatch(/Exit codes: 0 done, 1 failed .* 2 wrong .* 3 not found, 4 refused/);
});

test.each(GROUPS)('%s --help lists its commands', async (group) => {
  const { code, out } = await runHere([group, '--help'], {});
  expect(code).toBe(0);
  expect(out).toContain(`Usage: payments ${group} `);
});

test.each([
  [[], 'Usage: payments'],
  [['gatway'], "unknown command 'gatway'\n(Did you mean gateway?)"],
  [['gateway', 'ls', '--jason'], "unknown option '--jason'"],
  [['gateway', 'ls', 'stripe'], 'too many arguments'],
  [['intent', 'show', ''], 'The id is empty.'],
  [['help', 'gateway', 'sett'], 'There is no command sett of gateway'],
  [['intent', 'show'], "missing required argument 'id'"],
  [['audit', 'ls', '--limit', '0'], 'whole number from 1 to 1000'],
])('%j is not understood: exit code 2, and what would be', async (args, message) => {
  const { code, out, err } = await runHere(args, {});
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

test('a setting that is missing is named, with how to get it', async () => {
  const { code, err } = await runPayments(['gateway', 'ls'], {});
  expect(code).toBe(2);
  expect(err).toContain('DATABASE_URL is not set');
  expect(err).toContain('make -s env');
});

test('a Postgres that is away is exit code 1, in words', async () => {
  const { code, out, err } = await runPayments(['gateway', 'ls'], { DATABASE_URL: NO_POSTGRES });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('Postgres at DATABASE_URL does not answer (ECONNREFUSED). Nothing was changed.');
  expect(err).not.toContain('    at ');
});

test.each([
  ['no such database', (url: URL) => Object.assign(url, { pathname: '/nowhere' }), '3D000'],
  ['a database that was not migrated', (url: URL) => Object.assign(url, { pathname: '/postgres' }), '42P01'],
])('%s is an environment that is wrong: exit code 2', async (_, wrong, sqlState) => {
  const { href } = wrong(new URL(sharedStack().databaseUrl));
  const { code, out, err } = await runHere(['gateway', 'ls'], { DATABASE_URL: href });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`Postgres refused (${sqlState}`);
});

test('help of a command at any depth is that of its --help', async () => {
  for (const names of [['gateway', 'set'], ['gateway'], []]) {
    const { code, out } = await runHere(['help', ...names], {});
    expect(code).toBe(0);
    expect(out).toBe((await runHere([...names, '--help'], {})).out);
  }
});

test('--version is that of all packages', async () => {
  expect(await runPayments(['--version'], {})).toEqual({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+/),
    err: '',
  });
});

test('a value of 100 kB is not repeated in full', async () => {
  const long = 'x'.repeat(100_000);
  for (const args of [
    ['gateway', 'disable', 'stripe', '--reason', long],
    ['gateway', 'set', 'stripe', long, '--reason', 'x'],
  ]) {
    const { code, err } = await runHere(args, {});
    expect(code).toBe(2);
    expect(err.length).toBeLessThan(1_000);
  }
});
