// Generated from schemas/gateway-command.avsc by `npm run generate -w libs/contracts`. Change the schema, not this.

/** One call that is to be made at a gateway. Command id, leg and operation name it: sent again it is the same call. Amounts are in minor units. */
export interface GatewayCommand {
  /** The command that it came from. */
  commandId: string;
  /** create, confirm, authorize, capture, cancel or refund. */
  operation: string;
  /** stripe, paypal or razorpay. */
  gatewayProvider: string;
  /** The intent's public id; also the record's key. */
  intentId: string;
  /** The intent's row: a UUIDv7, which tells its partition. */
  paymentIntentId: string;
  /** The leg of the intent that it is about, from 1. */
  leg: number;
  /** Null where the operation has none. */
  amount: null | number;
  /** ISO 4217. */
  currency: string;
  /** In milliseconds since the epoch. */
  issuedAt: number;
  /** From then on it must not be sent for the first time. */
  notAfter: null | number;
}

/** The Avro schema of {@link GatewayCommand}. */
export const gatewayCommandSchema = {
  "type": "record",
  "name": "GatewayCommand",
  "namespace": "payments.gateway",
  "doc": "One call that is to be made at a gateway. Command id, leg and operation name it: sent again it is the same call. Amounts are in minor units.",
  "fields": [
    {
      "name": "commandId",
      "type": "string",
      "doc": "The command that it came from."
    },
    {
      "name": "operation",
      "type": "string",
      "doc": "create, confirm, authorize, capture, cancel or refund."
    },
    {
      "name": "gatewayProvider",
      "type": "string",
      "doc": "stripe, paypal or razorpay."
    },
    {
      "name": "intentId",
      "type": "string",
      "doc": "The intent's public id; also the record's key."
    },
    {
      "name": "paymentIntentId",
      "type": "string",
      "doc": "The intent's row: a UUIDv7, which tells its partition."
    },
    {
      "name": "leg",
      "type": "int",
      "doc": "The leg of the intent that it is about, from 1."
    },
    {
      "name": "amount",
      "type": [
        "null",
        "long"
      ],
      "default": null,
      "doc": "Null where the operation has none."
    },
    {
      "name": "currency",
      "type": "string",
      "doc": "ISO 4217."
    },
    {
      "name": "issuedAt",
      "type": {
        "type": "long",
        "logicalType": "timestamp-millis"
      },
      "doc": "In milliseconds since the epoch."
    },
    {
      "name": "notAfter",
      "type": [
        "null",
        {
          "type": "long",
          "logicalType": "timestamp-millis"
        }
      ],
      "default": null,
      "doc": "From then on it must not be sent for the first time."
    }
  ]
};
