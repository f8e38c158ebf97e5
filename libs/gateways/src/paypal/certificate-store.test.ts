import { X509Certificate } from 'node:crypto';
import { setImmediate as settled } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPayPalChain, type PayPalChain } from '@payments/simulator';
import { kindOf } from '../testing/outcome.js';
import { CertificateStore, type CertificateStoreOptions } from './certificate-store.js';
import { createCertificateTrust } from './certificate-trust.js';

const HOST = 'certs.test';
const url = (id: number | string) => ({
  href: `https://${HOST}/v1/notifications/certs/CERT-${id}`,
  host: HOST,
});

let chain: PayPalChain;
let now: number;
let fetched: string[];
let serve: (href: string) => Promise<Buffer>;

beforeAll(async () => {
  chain = await createPayPalChain();
});

beforeEach(() => {
  now = Date.now();
  fetched = [];
  serve = async () => Buffer.from(chain.servedPem);
});

function storeWith(options: Partial<CertificateStoreOptions> = {}): CertificateStore {
  return new CertificateStore({
    fetch: (href) => {
      fetched.push(href);
      return serve(href);
    },
    trust: createCertificateTrust({ ca: chain.caPem }),
    clock: () => now,
    ...options,
  });
}

describe('the certificate store', () => {
  test('fetches once for a hundred concurrent callers', async () => {
    const store = storeWith();
    const keys = await Promise.all(Array.from({ length: 100 }, () => store.publicKey(url(1))));
    expect(fetched).toHaveLength(1);
    expect(new Set(keys).size).toBe(1);
  });

  test('fails a hundred concurrent callers with the one error', async () => {
    serve = () => Promise.reject(new Error('down'));
    const store = storeWith();
    const kinds = await Promise.all(
      Array.from({ length: 100 }, () => kindOf(async () => store.publicKey(url(1)))),
    );
    expect(new Set(kinds)).toEqual(new Set(['unavailable']));
    expect(fetched).toHaveLength(1);
  });

  test('caches a certificate, and fetches it again after keepMs', async () => {
    const store = storeWith({ keepMs: 1000 });
    await store.publicKey(url(1));
    now += 999;
    await store.publicKey(url(1));
    expect(fetched).toHaveLength(1);
    now += 1;
    await store.publicKey(url(1));
    expect(fetched).toHaveLength(2);
  });

  test('uses a valid certificate while it is fetched again, and then the new one', async () => {
    const next = await createPayPalChain();
    const trust = createCertificateTrust({ ca: chain.caPem + next.caPem });
    const store = storeWith({ keepMs: 1000, trust });
    const old = await store.publicKey(url(1));
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    serve = () => promise;
    now += 1000;
    expect([store.publicKey(url(1)), store.publicKey(url(1))]).toEqual([old, old]);
    expect(fetched).toHaveLength(2);
    resolve(Buffer.from(next.servedPem));
    await settled();
    expect(store.publicKey(url(1))).toEqual(new X509Certificate(next.signer.certificatePem).publicKey);
    expect(fetched).toHaveLength(2);
  });

  test('keeps a valid certificate while its host is down, and retries at intervals', async () => {
    const store = storeWith({ keepMs: 1000, retryRefreshMs: 100 });
    const old = await store.publicKey(url(1));
    serve = () => Promise.reject(new Error('down'));
    now += 1000;
    for (let tries = 2; tries <= 4; tries++) {
      expect(store.publicKey(url(1))).toBe(old);
      expect(fetched).toHaveLength(tries);
      await settled();
      now += 99;
      expect(store.publicKey(url(1))).toBe(old);
      expect(fetched).toHaveLength(tries);
      now += 1;
    }
    serve = async () => Buffer.from(chain.servedPem);
    expect(store.publicKey(url(1))).toBe(old);
    await settled();
    now += 999;
    store.publicKey(url(1));
    expect(fetched).toHaveLength(5);
  });

  test('drops a certificate if its URL then serves an untrusted one', async () => {
    const store = storeWith({ keepMs: 1000 });
    await store.publicKey(url(1));
    const stranger = await createPayPalChain();
    serve = async () => Buffer.from(stranger.servedPem);
    now += 1000;
    expect(await kindOf(() => store.publicKey(url(1)))).toBe('verified');
    await settled();
    expect(await kindOf(() => store.publicKey(url(1)))).toBe('unauthentic');
  });

  test('can fetch a known URL again, however many unknown ones are being fetched', async () => {
    const store = storeWith({ keepMs: 1000, fetchesAtOnceMax: 2 });
    await store.publicKey(url(1));
    const certificateEnd = 400 * 24 * 60 * 60 * 1000;
    now += certificateEnd;
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    serve = () => promise;
    const flood = [100, 101, 102].map((id) => kindOf(() => store.publicKey(url(id))));
    expect(await flood[2]).toBe('unavailable');
    serve = async () => Buffer.from(chain.servedPem);
    const genuine = store.publicKey(url(1));
    expect(fetched.filter((href) => href === url(1).href)).toHaveLength(2);
    now -= certificateEnd;
    expect(await genuine).toBeDefined();
    expect(await kindOf(() => store.publicKey(url(103)))).toBe('unavailable');
    resolve(Buffer.from('none'));
    await Promise.all(flood);
  });

  test('caches a failure briefly', async () => {
    serve = () => Promise.reject(new Error('down'));
    const store = storeWith({ keepFailureMs: 1000 });
    const ask = () => kindOf(async () => store.publicKey(url(1)));
    expect([await ask(), await ask()]).toEqual(['unavailable', 'unavailable']);
    expect(fetched).toHaveLength(1);
    serve = async () => Buffer.from(chain.servedPem);
    now += 1000;
    expect(await ask()).toBe('verified');
    expect(fetched).toHaveLength(2);
  });

  test('caches a bounded number of certificates, the most recently used', async () => {
    const store = storeWith({ countMax: 3 });
    for (const id of [1, 2, 3, 1, 4]) await store.publicKey(url(id));
    expect(store.size).toBe(3);
    fetched = [];
    for (const id of [1, 3, 4]) await store.publicKey(url(id));
    expect(fetched).toEqual([]);
    await store.publicKey(url(2));
    expect(fetched).toEqual([url(2).href]);
  });

  test('keeps its certificates during a flood of unknown URLs', async () => {
    const store = storeWith({ countMax: 3 });
    await store.publicKey(url(1));
    serve = () => Promise.reject(new Error('404'));
    for (let id = 100; id < 200; id++) await kindOf(async () => store.publicKey(url(id)));
    fetched = [];
    await store.publicKey(url(1));
    expect(fetched).toEqual([]);
  });

  test('bounds concurrent fetches', async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    serve = () => promise;
    const store = storeWith({ fetchesAtOnceMax: 2 });
    const first = [store.publicKey(url(1)), store.publicKey(url(2))];
    expect(await kindOf(async () => store.publicKey(url(3)))).toBe('unavailable');
    resolve(Buffer.from(chain.servedPem));
    await Promise.all(first);
    expect(await kindOf(async () => store.publicKey(url(3)))).toBe('verified');
  });

  test('does not use a cached certificate that has expired', async () => {
    const store = storeWith({ keepMs: Number.MAX_SAFE_INTEGER });
    await store.publicKey(url(1));
    now += 400 * 24 * 60 * 60 * 1000;
    expect(await kindOf(async () => store.publicKey(url(1)))).toBe('unauthentic');
  });

  test('is unavailable for a page that is no certificate, unauthentic for an untrusted certificate', async () => {
    const store = storeWith();
    serve = async () => Buffer.from('<html>Sorry</html>');
    expect(await kindOf(async () => store.publicKey(url(1)))).toBe('unavailable');
    serve = async () => Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----');
    expect(await kindOf(async () => store.publicKey(url(2)))).toBe('unavailable');
    const stranger = await createPayPalChain();
    serve = async () => Buffer.from(stranger.servedPem);
    expect(await kindOf(async () => store.publicKey(url(3)))).toBe('unauthentic');
  });
});
