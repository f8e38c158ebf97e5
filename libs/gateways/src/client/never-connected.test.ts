import { expect, test } from '@jest/globals';
import { neverConnected } from './never-connected.js';

const network = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });

test.each([
  ['a refused connection', network('ECONNREFUSED', 'connect')],
  ['an unknown host name', network('ENOTFOUND', 'getaddrinfo')],
  ['a name server that does not answer', network('EAI_AGAIN', 'getaddrinfo')],
  ['a connection time-out', network('UND_ERR_CONNECT_TIMEOUT')],
  [
    'such an error as the cause',
    new TypeError('fetch failed', { cause: network('ECONNREFUSED', 'connect') }),
  ],
  [
    'each address that was tried',
    new AggregateError([network('ECONNREFUSED', 'connect'), network('ENETUNREACH', 'connect')]),
  ],
])('%s proves that nothing was sent', (_, error) => {
  expect(neverConnected(error)).toBe(true);
});

const circular = new Error('circular');
circular.cause = circular;

test.each([
  ['a reset', network('ECONNRESET', 'read')],
  ['a write that failed', network('EPIPE', 'write')],
  ['a host that became unreachable', network('EHOSTUNREACH', 'read')],
  ['a time-out', network('ETIMEDOUT')],
  [
    'one address of which something came',
    new AggregateError([network('ECONNREFUSED', 'connect'), network('ECONNRESET')]),
  ],
  ['an AggregateError without errors', new AggregateError([])],
  ['an error that is its own cause', circular],
  ['an object that is no error', { syscall: 'connect' }],
  ['nothing', undefined],
])('%s proves nothing', (_, error) => {
  expect(neverConnected(error)).toBe(false);
});
