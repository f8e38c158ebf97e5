import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { WebhookHeaders } from './webhook-headers.js';

export interface PayPalTransmission {
  /** The id of our webhook at PayPal: part of what is signed. */
  readonly webhookId: string;
  /** When it is said to be sent, milliseconds of the epoch; now by default. */
  readonly atMs?: number;
  readonly transmissionId?: string;
}

/** Signs webhook bodies as PayPal does: RSA-SHA256 over `transmissionId|time|webhookId|crc32(body)`. */
export class PayPalSigner {
  readonly #key: KeyObject;
  readonly certificateUrl: string;

  constructor(signer: { readonly privateKeyPem: string; readonly certificateUrl: string }) {
    this.#key = createPrivateKey(signer.privateKeyPem);
    this.certificateUrl = signer.certificateUrl;
  }

  /** The headers of one delivery of `body`. */
  sign(body: Buffer, transmission: PayPalTransmission): WebhookHeaders {
    const { webhookId, atMs = Date.now(), transmissionId = randomUUID() } = transmission;
    const time = new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
    const signed = Buffer.from(`${transmissionId}|${time}|${webhookId}|${crc32(body)}`);
    return {
      'content-type': 'application/json',
      'paypal-transmission-id': transmissionId,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sign('RSA-SHA256', signed, this.#key).toString('base64'),
      'paypal-cert-url': this.certificateUrl,
      'paypal-auth-algo': 'SHA256withRSA',
    };
  }
}
