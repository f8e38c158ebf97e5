import { type CommandOutcome, type GatewayCommand, TOPICS, type TopicSpec } from '@payments/contracts';
import { type OutboxRoute, PayloadError } from './outbox-route.js';
import { PayloadFields } from './payload-fields.js';

/** Outcomes of commands, for their senders. */
export function commandOutcomesRoute(
  spec: TopicSpec<CommandOutcome> = TOPICS.commandOutcomes,
): OutboxRoute<CommandOutcome> {
  return {
    spec,
    toValue: ({ payload, key }) => {
      const fields = new PayloadFields(payload);
      requireKey(fields, key);
      return {
        commandId: fields.text('commandId'),
        type: fields.text('type'),
        intentId: fields.text('intentId'),
        outcome: fields.text('outcome'),
        code: fields.textOrNull('code'),
        detail: fields.textOrNull('detail'),
        intentVersion: fields.integerOrNull('intentVersion'),
        decidedAt: fields.integer('decidedAt'),
        idReusedAt: fields.integerOrNull('idReusedAt'),
      };
    },
  };
}

/** Commands for the worker of one gateway. */
export function gatewayCommandsRoute(spec: TopicSpec<GatewayCommand>): OutboxRoute<GatewayCommand> {
  return {
    spec,
    toValue: ({ payload, key }) => {
      const fields = new PayloadFields(payload);
      requireKey(fields, key);
      return {
        commandId: fields.text('commandId'),
        operation: fields.text('operation'),
        gatewayProvider: fields.text('gatewayProvider'),
        intentId: fields.text('intentId'),
        paymentIntentId: fields.text('paymentIntentId'),
        leg: fields.integer('leg'),
        amount: fields.integerOrNull('amount'),
        currency: fields.text('currency'),
        issuedAt: fields.integer('issuedAt'),
        notAfter: fields.integerOrNull('notAfter'),
      };
    },
  };
}

function requireKey(fields: PayloadFields, key: string): void {
  if (fields.text('intentId') !== key) throw new PayloadError("intentId is not the row's key");
}
