import type { KeyObject } from 'node:crypto';
import { BoundedLru } from '../bounded-lru.js';
import { unavailable, WebhookError } from '../webhook-error.js';
import type { FetchCertificate } from './certificate-fetch.js';
import type { CertificateTrust, TrustedCertificate } from './certificate-trust.js';
import type { CertificateUrl } from './certificate-url.js';

export interface CertificateStoreOptions {
  readonly fetch: FetchCertificate;
  readonly trust: CertificateTrust;
  /** Current time in milliseconds since the epoch, for the validity of certificates and the age of cache entries. */
  readonly clock: () => number;
  readonly countMax?: number;
  /**
   * After this time a certificate is fetched again in the background, so that one that PayPal replaced does not stay
   * for ever. Requests keep using it while it is valid, even if PayPal's host is down.
   */
  readonly keepMs?: number;
  /** Between two attempts to fetch a certificate again that is still valid. */
  readonly retryRefreshMs?: number;
  /** How long a failure is cached, so that a flood of bad requests does not cause a flood of fetches. */
  readonly keepFailureMs?: number;
  /** Limit of concurrent fetches for unknown URLs. The known ones, `countMax` at most, are not limited. */
  readonly fetchesAtOnceMax?: number;
}

/** A known URL: one that has served a trusted certificate. */
interface Kept {
  /** Undefined if the URL has since served one that is not trusted. */
  readonly certificate: TrustedCertificate | undefined;
  readonly refreshAt: number;
}

interface Failure {
  readonly error: WebhookError;
  readonly until: number;
}

/**
 * A cache of the public keys of certificate URLs. Concurrent callers share one fetch. Anybody can send requests that
 * name new URLs on an allowed host, so every part is bounded, and failures are kept apart from certificates so that
 * they cannot evict them.
 */
export class CertificateStore {
  readonly #options: Required<CertificateStoreOptions>;
  readonly #kept: BoundedLru<Kept>;
  readonly #failures: BoundedLru<Failure>;
  readonly #fetching = new Map<string, Promise<KeyObject>>();
  /** How many of those are for unknown URLs. */
  #unknownCount = 0;

  constructor(options: CertificateStoreOptions) {
    this.#options = {
      countMax: 64,
      keepMs: 6 * 60 * 60 * 1000,
      retryRefreshMs: 60_000,
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
   * Synchronous if the certificate is cached.
   *
   * @throws WebhookError (or rejects with it): `unavailable` if it could not be fetched, `unauthentic` if it is not
   * trusted
   */
  publicKey(url: CertificateUrl): KeyObject | Promise<KeyObject> {
    const now = this.#options.clock();
    const kept = this.#kept.get(url.href);
    const running = this.#fetching.get(url.href);
    if (kept?.certificate !== undefined && isValidAt(kept.certificate, now)) {
      if (now >= kept.refreshAt && running === undefined) this.#refresh(url);
      return kept.certificate.publicKey;
    }
    if (running !== undefined) return running;
    const failure = this.#failures.get(url.href);
    if (failure !== undefined && now < failure.until) throw failure.error;
    if (kept !== undefined) return this.#fetchOnce(url);
    if (this.#unknownCount >= this.#options.fetchesAtOnceMax) {
      throw unavailable('too many certificates are being fetched');
    }
    this.#unknownCount += 1;
    return this.#fetchOnce(url, () => {
      this.#unknownCount -= 1;
    });
  }

  /** In the background: a failure is recorded and does not fail the present request. */
  #refresh(url: CertificateUrl): void {
    this.#fetchOnce(url).catch(() => undefined);
  }

  #fetchOnce(url: CertificateUrl, onEnd?: () => void): Promise<KeyObject> {
    const fetching = this.#fetch(url).finally(() => {
      this.#fetching.delete(url.href);
      onEnd?.();
    });
    this.#fetching.set(url.href, fetching);
    return fetching;
  }

  async #fetch(url: CertificateUrl): Promise<KeyObject> {
    const { fetch, trust, clock, keepMs } = this.#options;
    try {
      const pem = await fetch(url.href);
      const certificate = trust.accept(pem.toString('latin1'), url.host, clock());
      this.#kept.set(url.href, { certificate, refreshAt: clock() + keepMs });
      this.#failures.delete(url.href);
      return certificate.publicKey;
    } catch (cause) {
      const error =
        cause instanceof WebhookError
          ? cause
          : unavailable(`the certificate could not be fetched`, { cause });
      this.#recordFailure(url, error);
      throw error;
    }
  }

  #recordFailure(url: CertificateUrl, error: WebhookError): void {
    const { clock, keepFailureMs, retryRefreshMs } = this.#options;
    this.#failures.set(url.href, { error, until: clock() + keepFailureMs });
    const kept = this.#kept.get(url.href);
    if (kept === undefined) return;
    const certificate = error.kind === 'unauthentic' ? undefined : kept.certificate;
    this.#kept.set(url.href, { certificate, refreshAt: clock() + retryRefreshMs });
  }
}

function isValidAt({ validFrom, validTo }: TrustedCertificate, at: number): boolean {
  return validFrom <= at && at <= validTo;
}
