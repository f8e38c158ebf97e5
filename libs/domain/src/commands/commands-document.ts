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
    'A command is known by its id: however often and by whatever path it comes, it is decided once, and its outcome is told on `payment.command.outcomes` and kept. DONE means that it was accepted and that what follows from it is committed: a change of the intent (with its event) and calls to be made at the gateway, whose answers follow as events. REJECTED means that it changed nothing, and why.',
    'A creation for an order, provider and attempt that exist, with the same amount and currency, is DONE and changes nothing. `cancel` and `expire` end the intent at once: nothing that moves money is begun for it any more; what had been begun may still take the money, and then it counts (`late_success`). A creation with `confirm: true` is confirmed as soon as its gateway allows it: at Stripe it therefore brings the token of what is charged, and so does a fallback there; at PayPal the customer approves, at Razorpay they pay at the checkout. A later `confirm` at Stripe brings the token itself where the creation, or the fallback that it went to, brought none and the intent is CREATED or REQUIRES_PAYMENT_METHOD. An intent is captured once, by all that is held or a part; the rest is released. A refund keeps its amount from when it is accepted until its gateway has answered.',
    "An id stands for one command. Another one under it, with other content, would need an outcome that contradicts the first one's: so the first outcome is told again, with `idReusedAt` saying when the other came, and `GET /v1/commands/{commandId}` says so too. Over HTTP the same key with another body is 422 at once, for a day and while Redis remembers it. Whoever finds `idReusedAt` sends what they meant under a new id.",
    'A command that cannot be read at all (an amount or a time of 2^53 - 1 or more among them), or that names neither itself nor an intent by a UUID, has no outcome: it is in `payment.intent.commands.dlq`.',
    '## By status',
    'Which status takes which command. What is not taken is rejected with the code in its place. `expire` is sent by a timer once `expiresAt` has passed.',
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
    '## Codes of rejection',
    list(REJECTIONS),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
