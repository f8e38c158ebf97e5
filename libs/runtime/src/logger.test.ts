import { describe, expect, test } from '@jest/globals';
import { createLogger, type Logger } from './logger.js';

const CARD = '4242424242424242';

/** The single line that `write` logs, parsed and raw. */
function logged(write: (logger: Logger) => void): { line: Record<string, unknown>; raw: string } {
  const lines: string[] = [];
  const destination = { write: (text: string) => void lines.push(text) };
  write(createLogger({ service: 'test', level: 'debug', destination }));
  expect(lines).toHaveLength(1);
  const raw = lines[0] ?? '';
  return { line: JSON.parse(raw), raw };
}

test('a line names level, time, service and message', () => {
  const { line } = logged((logger) => logger.info({ offset: 12 }, 'stored'));
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    service: 'test',
    offset: 12,
    msg: 'stored',
  });
});

describe('secrets are taken out', () => {
  test.each<[string, (logger: Logger) => void, string]>([
    ['a Stripe signing secret in a message', (l) => l.info('bad whsec_abcDEF123'), 'abcDEF123'],
    ['a Stripe key in an error', (l) => l.info({ err: new Error('no such key: sk_live_51Habc') }), '51Habc'],
    ['a restricted key', (l) => l.info({ k: ['rk_test_51Habc'] }), '51Habc'],
    ['a bearer token in a message', (l) => l.info('sent Authorization: Bearer eyJhbGciOi.J9.x'), 'eyJ'],
    ['basic credentials', (l) => l.info('sent Basic dXNlcjpwYXNz'), 'dXNlcjpwYXNz'],
    ['a Stripe signature', (l) => l.info(`got t=1,v1=${'ab'.repeat(32)}`), 'abab'],
    [
      'the password of a URL',
      (l) => l.info({ err: new Error('postgres://app:hunter2@db:5432/x') }),
      'hunter2',
    ],
    ['an authorization header', (l) => l.info({ req: { headers: { Authorization: 'x-y-z' } } }), 'x-y-z'],
    ['cookies, which are a list', (l) => l.info({ headers: { 'set-cookie': ['a=x-y-z', 'b'] } }), 'x-y-z'],
    ['a Razorpay signature', (l) => l.info({ 'x-razorpay-signature': 'x-y-z' }), 'x-y-z'],
    ['a PayPal signature', (l) => l.info({ a: { b: { 'paypal-transmission-sig': 'x-y-z' } } }), 'x-y-z'],
    ['a password with quotes in it', (l) => l.info({ password: 'a"x-y-z\\' }), 'x-y-z'],
    ['a client secret', (l) => l.info({ client_secret: 'x-y-z' }), 'x-y-z'],
    ['sealing keys', (l) => l.info({ SEAL_KEYS: 'a:x-y-z' }), 'x-y-z'],
    ['a field of JSON in a text', (l) => l.info({ body: '{"password":"a\\"x-y-z"}' }), 'x-y-z'],
    ['a field named by a child logger', (l) => l.child({ secret: 'x-y-z' }).info('x'), 'x-y-z'],
  ])('%s', (_name, write, secret) => {
    const { raw } = logged(write);
    expect(raw).not.toContain(secret);
    expect(raw).toContain('[redacted]');
  });
});

describe('card numbers are taken out', () => {
  test.each<[string, (logger: Logger) => void]>([
    ['of a message', (l) => l.info(`card ${CARD} declined`)],
    ['of an error and its stack', (l) => l.error({ err: new Error(`card 4242 4242 4242 4242`) })],
    ['of a nested field', (l) => l.info({ a: [{ b: `${CARD}` }] })],
    ['of a number', (l) => l.info({ a: Number(CARD), b: [1, Number(CARD)] })],
    ['of a key', (l) => l.info({ [CARD]: 1 })],
    ['behind an escaped quote', (l) => l.info({ a: `"\\"${CARD}` })],
  ])('%s', (_name, write) => {
    const { raw } = logged(write);
    expect(raw.replaceAll(/[ -]/g, '')).not.toContain(CARD);
    expect(raw).toContain('[card number]');
  });
});

test('a line stays JSON when a card number is a part of one of its numbers', () => {
  const { line, raw } = logged((logger) =>
    logger.info({ a: 4242424242424242.5, b: -Number(CARD), c: 0.4242424242424242 }, 'x'),
  );
  expect(raw).not.toMatch(/[^.]4242424242424242/);
  expect(line).toMatchObject({ c: 0.4242424242424242 });
});

test('what is none of these stays', () => {
  const fields = {
    webhookId: 'stripe:evt_1',
    at: 1795469316571,
    note: 'basic checks, token count',
    signed: true,
  };
  const { line } = logged((logger) => logger.info(fields, 'verified the signature'));
  expect(line).toMatchObject({ ...fields, msg: 'verified the signature' });
});
