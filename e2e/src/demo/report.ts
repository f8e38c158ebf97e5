import { DEAD_LETTER_HEADERS } from '@payments/contracts';
import type { ConsumedRecord } from '@payments/messaging';
import { type CommandsSeen, commandContradictions, commandTable } from './command-table.js';
import type { Delivery } from './delivery.js';
import type { GatewayPayment } from './gateway-payments.js';
import { lifeTable } from './life-table.js';
import type { Lives } from './lives.js';
import type { StoredRow } from './stored-rows.js';
import { countBy, percentile, table } from './table.js';
import { gatewayContradictions, gatewayTables } from './timeline-table.js';

/** All results of a run. */
export interface Findings {
  readonly delivery: Delivery;
  readonly rows: readonly StoredRow[];
  /** Descriptions of the records that were written past the ingress, by key. */
  readonly planted: ReadonlyMap<string, string>;
  readonly deadLetters: readonly ConsumedRecord[];
  readonly lives: Lives;
  readonly commands: CommandsSeen;
  readonly gatewayPayments: readonly GatewayPayment[];
}

/** The tables, each with a sentence that explains it. */
export function report(findings: Findings): string {
  const sections = [sentTable, rowTable, duplicates, deadLetterTable, latencyTable, lifeTables];
  return [
    ...sections.map((section) => section(findings)),
    commandTable(findings.commands),
    gatewayTables(findings.gatewayPayments),
  ].join('\n\n');
}

function sentTable({ delivery }: Findings): string {
  const counts = countBy(delivery.done, ({ request, status, title }) => `${request.what}|${status}|${title}`);
  const rows = [...counts].map(([key, count]) => {
    const [what = '', status = '', title = ''] = key.split('|');
    return [what, count, Number(status), title] as const;
  });
  rows.sort((a, b) => a[2] - b[2] || b[1] - a[1]);
  return `Sent over HTTP. 200 means that Kafka has it safely; whatever is not authentic gets no further.
${table(['what', 'requests', 'status', 'answer'], rows)}`;
}

function rowTable({ rows }: Findings): string {
  const counts = countBy(rows, ({ provider, eventType, status }) => `${provider}|${eventType}|${status}`);
  const lines = [...counts].map(([key, count]) => [...key.split('|'), count]).sort();
  return `In Postgres. UNMATCHED waits for a payment that it belongs to; IGNORED concerns none.
${table(['gateway', 'event type', 'status', 'rows'], lines)}`;
}

function duplicates({ delivery, rows }: Findings): string {
  return `Exactly once. ${delivery.acknowledged} acknowledged deliveries of ${delivery.accepted.size} webhooks are ${
    rows.length
  } rows: ${delivery.acknowledged - rows.length} duplicates changed nothing.`;
}

function deadLetterTable({ planted, deadLetters }: Findings): string {
  const lines = deadLetters.map((record) => [
    planted.get(String(record.key)) ?? '',
    codeOf(record),
    headerOf(record, DEAD_LETTER_HEADERS.errorMessage),
  ]);
  return `Dead letters. Records slipped into the topic past the ingress stop nothing and are kept with the reason.
${table(['what', 'code', 'reason'], lines)}`;
}

function latencyTable({ delivery, rows }: Findings): string {
  const answered = delivery.done.filter(({ status }) => status === 200).map(({ durationMs }) => durationMs);
  const written = rows.map(({ latencyMs }) => latencyMs);
  const line = (what: string, values: readonly number[]) => [
    what,
    ...[0.5, 0.99, 1].map((share) => Number(percentile(values, share).toFixed(1))),
  ];
  return `Latency under this burst, in milliseconds, with both services and the sender on this one machine.
${table(
  ['from … to', 'p50', 'p99', 'max'],
  [line('request to 200 (stored by Kafka)', answered), line('received to written in Postgres', written)],
)}`;
}

function lifeTables({ lives }: Findings): string {
  const shown = lives.payments.map(lifeTable).join('\n\n');
  const verdict =
    lives.contradictions.length === 0
      ? 'Status, sums, transactions and events are those that the pure model makes of the same webhooks.'
      : 'That is not what the pure model makes of the same webhooks.';
  return `Three payments and their webhooks, each delivered twice and in any order. A payment changes once for each
thing that happened, and what comes too late is STALE. (No command made these three: this program wrote them
to Postgres.) From top to bottom as it was heard, "at" is the gateway's time.

${shown}

${verdict}`;
}

/** The results that contradict the pipeline's guarantees; empty if all is well. */
export function contradictions(findings: Findings): string[] {
  const { lives, commands, gatewayPayments } = findings;
  return [
    ...lives.contradictions,
    ...commandContradictions(commands),
    ...gatewayContradictions(gatewayPayments),
    ...wrongAnswers(findings),
    ...wrongRowCounts(findings),
    ...wrongRows(findings),
    ...missingDeadLetters(findings),
  ];
}

function wrongAnswers({ delivery }: Findings): string[] {
  return delivery.done
    .filter(({ request, status }) => status !== request.status)
    .map(
      ({ request, status, title }) => `${request.what}: ${status} (${title}) in place of ${request.status}`,
    );
}

function wrongRowCounts({ delivery, rows }: Findings): string[] {
  const counts = countBy(rows, ({ webhookId }) => webhookId);
  return Array.from(delivery.accepted, (id) => ({ id, count: counts.get(id) ?? 0 }))
    .filter(({ count }) => count !== 1)
    .map(({ id, count }) => `${id} was accepted and has ${count} rows`);
}

function wrongRows({ delivery, rows }: Findings): string[] {
  const sent = new Map(delivery.done.map(({ request }) => [request.webhook?.webhookId, request.webhook]));
  return rows.flatMap(({ webhookId, provider, eventType }) => {
    const webhook = sent.get(webhookId);
    if (!delivery.accepted.has(webhookId)) return `${webhookId} was never accepted and has a row`;
    const isSame = webhook?.provider === provider && webhook.eventType === eventType;
    return isSame ? [] : `${webhookId} is stored as ${provider} ${eventType}`;
  });
}

function missingDeadLetters({ planted, deadLetters }: Findings): string[] {
  const found = new Set(deadLetters.map(({ key }) => String(key)));
  return Array.from(planted)
    .filter(([key]) => !found.has(key))
    .map(([, what]) => `${what}: not in the dead-letter topic`);
}

function codeOf(record: ConsumedRecord): string {
  return headerOf(record, DEAD_LETTER_HEADERS.errorCode);
}

function headerOf({ headers }: ConsumedRecord, name: string): string {
  return headers[name]?.toString('utf8') ?? '';
}
