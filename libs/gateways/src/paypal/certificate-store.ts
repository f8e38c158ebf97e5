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
  /**
   * After this, a certificate is fetched again, beside the requests, which go on with it while it is valid: one
   * in whose place PayPal serves another does not stay for ever, and PayPal's host may be down meanwhile.
   */
  readonly keepMs?: number;
  /** Between two tries to fetch a certificate again that is still valid. */
  readonly retryRefreshMs?: number;
  /** How long a failure is answered from memory: a flood of bad requests must not become one of fetches. */
  readonly keepFailureMs?: number;
  /** Of URLs that were never good. One that was good once never waits for them: there are `countMax` at most. */
  readonly fetchesAtOnceMax?: number;
}

/** What a URL that was good once is known by. */
interface Kept {
  /** Undefined once the URL served one that is not to be trusted. */
  readonly certificate: TrustedCertificate | undefined;
  readonly refreshAt: number;
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
  /** How many of those are of URLs that were never good. */
  #strangers = 0;

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
   * At once if the certificate is known.
   * @throws WebhookError (or rejects with it): `unavailable` if it could not be fetched, `unauthentic` if
   * it is not to be trusted
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
    if (this.#strangers >= this.#options.fetchesAtOnceMax) {
      throw unavailable('too many certificates are being fetched');
    }
    this.#strangers += 1;
    return this.#fetchOnce(url, () => {
      this.#strangers -= 1;
    });
  }

  /** Its failure is recorded, and concerns nobody who asks now. */
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
