import { list, table } from '../document-tables.js';
import { INTENT_STATUSES } from '../statuses.js';
import { COMMAND_TYPES } from './command.js';
import { commandRule } from './command-rules.js';
import { REJECTIONS } from './rejections.js';

/** `docs/commands.md`, written from the tables in code: `npm run docs:commands -w libs/domain`. */
export function commandsDocument(): string {
  return [
    '# Commands on a payment intent',
    '<!-- Generated from libs/domain by `npm run docs:commands -w libs/domain`. Do not edit. -->',
    'A command is identified by its id: however often and by whatever path it arrives, it is decided once, and its outcome is published to `payment.command.outcomes` and stored. DONE means that the command was accepted and that its effects are committed: a change of the intent (with its event) and the gateway calls to be made, whose answers follow as events. REJECTED means that it changed nothing; the code says why. An event names the command (`commandId`) that made the change, whose gateway call came to nothing, or that asked for the refund: two refunds of one payment are told apart by it.',
    'A creation for an existing order, provider and attempt, with the same amount and currency, is DONE and changes nothing. `cancel` and `expire` end the intent at once: nothing more that moves money is begun for it; a call that was already in progress may still take the money, which then counts (`late_success`). While a gateway is taking the money it refuses to cancel, which `call_failed` with STILL_PROCESSING tells; the next payment of the order waits, and the cancellation is tried again until the money has come (`late_success`) or the gateway has canceled the payment (`canceled`). `notAfter` is the deadline for the start of a command, and of the gateway calls that it requests; only the cancellation at the gateway has none, since the intent has ended by then. A creation with `confirm: true` is confirmed as soon as its gateway allows it: at Stripe it must therefore include the token of the payment method, and so must a fallback to Stripe; at PayPal the customer approves, at Razorpay they pay at the checkout. A later `confirm` at Stripe must include the token if the creation, or the fallback that it went to, had none and the intent is CREATED or REQUIRES_PAYMENT_METHOD. An intent is captured once, for all or part of what is held; the rest is released. A refund reserves its amount from the moment it is accepted until its gateway has answered.',
    'An id stands for one command. A different command under the same id would need an outcome that contradicts the first one, so the first outcome is published again, with `idReusedAt` saying when the other command arrived; `GET /v1/commands/{commandId}` shows it too. Over HTTP the same key with a different body is 422 at once, for a day and as long as Redis remembers it. A sender that finds `idReusedAt` should send its command again under a new id.',
    'A command that cannot be read at all (including one with an amount or a time of 2^53 - 1 or more), or that identifies neither itself nor an intent by a UUID, has no outcome: it goes to `payment.intent.commands.dlq`.',
    '## By status',
    'Which status accepts which command. A command that is not accepted is rejected with the code shown. `expire` is sent by a timer once `expiresAt` has passed.',
    table(
      ['status', ...COMMAND_TYPES],
      INTENT_STATUSES.map((status) => [
        `**${status}**`,
        ...COMMAND_TYPES.map((type) => {
          const rule = commandRule(status, type);
          return rule === 'ACCEPT' ? 'yes' : rule;
        }),
      ]),
    ),
    '## Rejection codes',
    list(REJECTIONS),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
