// Generated from schemas/webhook-received.avsc by `npm run generate -w libs/contracts`. Change the schema, not this.

/** A gateway's webhook whose signature was verified, or one that reconciliation wrote in its stead. */
export interface WebhookReceived {
  /** Names the webhook across all gateways: provider, colon, the gateway's own id. The same for every delivery of it. */
  webhookId: string;
  /** stripe, paypal or razorpay. A string, since an Avro enum could not grow under BACKWARD compatibility. */
  provider: string;
  /** The gateway's own name of the event, such as payment_intent.succeeded. */
  eventType: string;
  /** gateway: it came over HTTP with a good signature. reconciliation: fetched from the gateway's API. */
  source: string;
  /** When it was received, in milliseconds since the epoch. Its UTC day selects the sealing key. */
  receivedAt: number;
  /** The body as the gateway sent it, sealed; the other fields are its associated data. */
  sealedBody: Buffer;
}

/** The Avro schema of {@link WebhookReceived}. */
export const webhookReceivedSchema = {
  "type": "record",
  "name": "WebhookReceived",
  "namespace": "payments.webhook",
  "doc": "A gateway's webhook whose signature was verified, or one that reconciliation wrote in its stead.",
  "fields": [
    {
      "name": "webhookId",
      "type": "string",
      "doc": "Names the webhook across all gateways: provider, colon, the gateway's own id. The same for every delivery of it."
    },
    {
      "name": "provider",
      "type": "string",
      "doc": "stripe, paypal or razorpay. A string, since an Avro enum could not grow under BACKWARD compatibility."
    },
    {
      "name": "eventType",
      "type": "string",
      "doc": "The gateway's own name of the event, such as payment_intent.succeeded."
    },
    {
      "name": "source",
      "type": "string",
      "doc": "gateway: it came over HTTP with a good signature. reconciliation: fetched from the gateway's API."
    },
    {
      "name": "receivedAt",
      "type": {
        "type": "long",
        "logicalType": "timestamp-millis"
      },
      "doc": "When it was received, in milliseconds since the epoch. Its UTC day selects the sealing key."
    },
    {
      "name": "sealedBody",
      "type": "bytes",
      "doc": "The body as the gateway sent it, sealed; the other fields are its associated data."
    }
  ]
};
