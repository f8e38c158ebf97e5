// Generated from schemas/command-outcome.avsc by `npm run generate -w libs/contracts`. Change the schema, not this.

/** What became of a command. One for each command, told at least once; what the gateway makes of it follows as PaymentIntentEvents. */
export interface CommandOutcome {
  /** The command's id. */
  commandId: string;
  /** The command's type. */
  type: string;
  /** The intent's public id; also the record's key. */
  intentId: string;
  /** DONE: accepted, its effects are committed; or REJECTED: it changed nothing. */
  outcome: string;
  /** Why it was rejected; docs/commands.md lists the codes. */
  code: null | string;
  /** The same for people: names the field and the fix. */
  detail: null | string;
  /** The intent's version after it; null if there is no such intent. */
  intentVersion: null | number;
  /** In milliseconds since the epoch. */
  decidedAt: number;
  /** When another command came under this id, in milliseconds since the epoch. Nothing was done of that one (COMMAND_ID_REUSED); all else here is of the first, and said again. Null where only the first is told. */
  idReusedAt: null | number;
}

/** The Avro schema of {@link CommandOutcome}. */
export const commandOutcomeSchema = {
  "type": "record",
  "name": "CommandOutcome",
  "namespace": "payments.intent",
  "doc": "What became of a command. One for each command, told at least once; what the gateway makes of it follows as PaymentIntentEvents.",
  "fields": [
    {
      "name": "commandId",
      "type": "string",
      "doc": "The command's id."
    },
    {
      "name": "type",
      "type": "string",
      "doc": "The command's type."
    },
    {
      "name": "intentId",
      "type": "string",
      "doc": "The intent's public id; also the record's key."
    },
    {
      "name": "outcome",
      "type": "string",
      "doc": "DONE: accepted, its effects are committed; or REJECTED: it changed nothing."
    },
    {
      "name": "code",
      "type": [
        "null",
        "string"
      ],
      "default": null,
      "doc": "Why it was rejected; docs/commands.md lists the codes."
    },
    {
      "name": "detail",
      "type": [
        "null",
        "string"
      ],
      "default": null,
      "doc": "The same for people: names the field and the fix."
    },
    {
      "name": "intentVersion",
      "type": [
        "null",
        "long"
      ],
      "default": null,
      "doc": "The intent's version after it; null if there is no such intent."
    },
    {
      "name": "decidedAt",
      "type": {
        "type": "long",
        "logicalType": "timestamp-millis"
      },
      "doc": "In milliseconds since the epoch."
    },
    {
      "name": "idReusedAt",
      "type": [
        "null",
        {
          "type": "long",
          "logicalType": "timestamp-millis"
        }
      ],
      "default": null,
      "doc": "When another command came under this id, in milliseconds since the epoch. Nothing was done of that one (COMMAND_ID_REUSED); all else here is of the first, and said again. Null where only the first is told."
    }
  ]
};
