import {
  createPayPalChain,
  type PayPalChain,
  type PayPalChainOptions,
  PayPalSigner,
  type PayPalTransmission,
  paypalWebhook,
} from '@payments/simulator';
import type { WebhookRequest } from '../webhook.js';

export const HOST = 'certs.test:8091';
export const WEBHOOK_ID = '1JE50Z90C7278441X';

/** A certificate chain, and deliveries signed with it. */
export class PayPalDeliveries {
  readonly chain: PayPalChain;
  readonly certificateUrl: string;
  readonly #signer: PayPalSigner;

  constructor(chain: PayPalChain, host: string = HOST) {
    this.chain = chain;
    this.certificateUrl = `https://${host}/v1/notifications/certs/${chain.certificateId}`;
    this.#signer = new PayPalSigner({
      privateKeyPem: chain.signer.privateKeyPem,
      certificateUrl: this.certificateUrl,
    });
  }

  static async create(options: PayPalChainOptions = {}): Promise<PayPalDeliveries> {
    return new PayPalDeliveries(await createPayPalChain(options));
  }

  request(
    body: Buffer = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED' }).body,
    transmission: Partial<PayPalTransmission> & { readonly receivedAt?: number } = {},
  ): WebhookRequest {
    const { receivedAt = Date.now(), ...rest } = transmission;
    const headers = this.#signer.sign(body, { webhookId: WEBHOOK_ID, atMs: receivedAt, ...rest });
    return { headers, body, receivedAt };
  }

  withHeader(request: WebhookRequest, name: string, value: string | undefined): WebhookRequest {
    return { ...request, headers: { ...request.headers, [name]: value } };
  }
}
