import type { PaymentIntentEvent } from '@payments/contracts';
import { currencyExponent, decimalOf, decimalOfMoney } from '@payments/domain';
import type { SimulatedWebhook } from '@payments/simulator';
import type { LivedPayment } from './lives.js';
import { table } from './table.js';

/** The webhooks of a payment in the order in which they were applied, with its state after each. */
export function lifeTable(payment: LivedPayment): string {
  const { planned, history, expected, stored, events } = payment;
  const webhooks = new Map(history.webhooks.map((webhook) => [webhook.webhookId, webhook]));
  const byVersion = new Map(events.map((event) => [event.version, event]));
  const lines = Array.from(expected?.versions ?? [], ([webhookId, versions]) => {
    const webhook = webhooks.get(webhookId);
    const outcome = stored.webhooks.get(webhookId)?.status ?? 'no row';
    const told = versions.flatMap((version) => byVersion.get(version) ?? []).at(-1);
    return [webhook === undefined ? '' : timeIn(webhook), webhook?.eventType ?? '', outcome, ...after(told)];
  });
  const title = `${planned.provider}, ${decimalOfMoney(planned.amount)} ${planned.amount.currency}, ${planned.outcome}`;
  return `${title}\n${table(['at', 'event', 'webhook is', 'payment is', 'captured', 'refunded'], lines)}
  ${endOf(payment)}`;
}

function after(event: PaymentIntentEvent | undefined): string[] {
  if (event === undefined) return ['·', '', ''];
  const { version, status, currency, amountCaptured, amountRefunded } = event;
  const decimal = (amount: number) => decimalOf(BigInt(amount), currencyExponent(currency));
  return [`${status} (version ${version})`, decimal(amountCaptured), decimal(amountRefunded)];
}

/** The gateway's time of the event, from the body. */
function timeIn({ body, provider }: SimulatedWebhook<unknown>): string {
  const event = JSON.parse(body.toString('utf8')) as Record<string, string | number>;
  const said = { stripe: event.created, razorpay: event.created_at, paypal: event.create_time }[provider];
  const time = typeof said === 'number' ? new Date(said * 1000) : new Date(said ?? 0);
  return time.toISOString().slice(11, 19);
}

function endOf({ planned, stored }: LivedPayment): string {
  const row = stored.intents.get(planned.intentId)?.row;
  if (row === undefined) return 'It has no row.';
  const decimal = (amount: bigint) => decimalOf(amount, currencyExponent(row.currency));
  return `In the end ${row.status}: authorized ${decimal(row.amountAuthorized)}, captured ${decimal(
    row.amountCaptured,
  )}, refunded ${decimal(row.amountRefunded)}, refund pending ${decimal(row.amountRefundPending)}, disputed ${decimal(
    row.amountDisputed,
  )}.`;
}
