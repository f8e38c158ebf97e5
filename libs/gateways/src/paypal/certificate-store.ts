import type { KeyObject } from 'node:crypto';
import { BoundedLru } from '../bounded-lru.js';
import { unavailable, WebhookError } from '../webhook-error.js';
import type { FetchCertificate } from './certificate-fetch.js';
import type { CertificateTrust, TrustedCertificate } from './certificate-trust.js';
import type { CertificateUrl } from './certificate-url.js';

export interface CertificateStoreOptions {
  readonly fetch: FetchCertificate;
  readonly trust: CertificateTrust;
  /** Milliseconds of the epoch: what certificates are valid at, and what the cache ages by. */
  readonly clock: () => number;
  readonly countMax?: number;
  /** After this, a certificate is fetched again, so that one that PayPal took back does not stay for ever. */
  readonly keepMs?: number;
  /** How long a failure is answered from memory: a flood of bad requests must not become one of fetches. */
  readonly keepFailureMs?: number;
  readonly fetchesAtOnceMax?: number;
}

interface Kept {
  readonly certificate: TrustedCertificate;
  readonly until: number;
}

interface Failure {
  readonly error: WebhookError;
  readonly until: number;
}

/**
 * The keys behind certificate URLs: fetched once for all who wait, then remembered. Anybody may send
 * requests that name new URLs on an allowed host, so every part is bounded, and failures live apart from
 * certificates, where they cannot push them out.
 */
export class CertificateStore {
  readonly #options: Required<CertificateStoreOptions>;
  readonly #kept: BoundedLru<Kept>;
  readonly #failures: BoundedLru<Failure>;
  readonly #fetching = new Map<string, Promise<KeyObject>>();

  constructor(options: CertificateStoreOptions) {
    this.#options = {
      countMax: 64,
      keepMs: 6 * 60 * 60 * 1000,
      keepFailureMs: 5000,
      fetchesAtOnceMax: 8,
      ...options,
    };
    this.#kept = new BoundedLru(this.#options.countMax);
    this.#failures = new BoundedLru(this.#options.countMax);
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * At once if the certificate is known.
   * @throws WebhookError (or rejects with it): `unavailable` if it could not be fetched, `unauthentic` if
   * it is not to be trusted
   */
  publicKey(url: CertificateUrl): KeyObject | Promise<KeyObject> {
    const now = this.#options.clock();
    const kept = this.#kept.get(url.href);
    if (kept !== undefined && now < kept.until && isValidAt(kept.certificate, now)) {
      return kept.certificate.publicKey;
    }
    const running = this.#fetching.get(url.href);
    if (running !== undefined) return running;
    const failure = this.#failures.get(url.href);
    if (failure !== undefined && now < failure.until) throw failure.error;
    if (this.#fetching.size >= this.#options.fetchesAtOnceMax) {
      throw unavailable('too many certificates are being fetched');
    }
    const fetching = this.#fetch(url).finally(() => this.#fetching.delete(url.href));
    this.#fetching.set(url.href, fetching);
    return fetching;
  }

  async #fetch(url: CertificateUrl): Promise<KeyObject> {
    const { fetch, trust, clock, keepMs, keepFailureMs } = this.#options;
    try {
      const pem = await fetch(url.href);
      const certificate = trust.accept(pem.toString('latin1'), url.host, clock());
      this.#kept.set(url.href, { certificate, until: clock() + keepMs });
      this.#failures.delete(url.href);
      return certificate.publicKey;
    } catch (cause) {
      const error =
        cause instanceof WebhookError
          ? cause
          : unavailable(`the certificate could not be fetched`, { cause });
      this.#failures.set(url.href, { error, until: clock() + keepFailureMs });
      throw error;
    }
  }
}

function isValidAt({ validFrom, validTo }: TrustedCertificate, at: number): boolean {
  return validFrom <= at && at <= validTo;
}
