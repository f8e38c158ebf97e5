import { ALERTS, DECISION_REASONS } from './decision.js';
import { list, table } from './document-tables.js';
import { FACT_EFFECTS, FACT_NAMES, type FactName } from './facts.js';
import { INTENT_STATUSES, type IntentStatus, isEnded } from './statuses.js';
import { STATUS_FACTS, type StatusFact, transition } from './transitions.js';

/** `docs/states.md`, written from the tables in code: `npm run docs:states -w libs/domain`. */
export function statesDocument(): string {
  return [
    '# Statuses of a payment intent',
    '<!-- Generated from libs/domain by `npm run docs:states -w libs/domain`. Do not edit. -->',
    'A fact is what a gateway says happened, whatever its event is called. Facts about money are recorded and summed in every status and from every leg. The status changes only as this table says, from the current leg alone, and only if the fact is not older, by the gateway’s own time, than the last one applied on that leg. At equal times the fact further to the right counts as the newer.',
    'A leg may hold several attempts to pay: captures and authorizations in a PayPal order, payments in a Razorpay order. While the money of any of them is in progress or held, the newest report on those attempts is the status, and no failure, cancellation or other report changes it; otherwise the newest report on the leg is the status. Facts about an object other than the one that the leg was opened for do not affect the status.',
    '## Diagram',
    ['```mermaid', diagram(), '```'].join('\n'),
    '## Transitions',
    'STALE: the payment is already past it. IGNORED: it no longer applies. A capture counts regardless of leg and time.',
    transitionTable(),
    '## Facts',
    'A transaction is one row for each (provider, type, gateway object id), however often it is reported. In brackets: only where the fact names the attempt’s own object, and with the type that it names (such as a PayPal AUTHORIZATION).',
    factTable(),
    '## Reasons',
    list(DECISION_REASONS),
    '## Alerts',
    list(ALERTS),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** The open statuses have one row in common: as a composite state the picture has 11 arrows instead of 60. */
function diagram(): string {
  const open = INTENT_STATUSES.filter((status) => !isEnded(status) && status !== 'SUCCEEDED');
  const inside = STATUS_FACTS.filter((fact) => open.some((to) => transition('CREATED', fact) === to));
  return [
    'stateDiagram-v2',
    '  [*] --> OPEN: create',
    '  state OPEN {',
    '    [*] --> CREATED',
    '    state any <<choice>>',
    '    CREATED --> any: newest fact',
    ...inside.map((fact) => `    any --> ${transition('CREATED', fact)}: ${fact}`),
    '  }',
    ...STATUS_FACTS.filter((fact) => !inside.includes(fact)).map(
      (fact) => `  OPEN --> ${transition('CREATED', fact)}: ${fact}`,
    ),
    ...INTENT_STATUSES.filter(isEnded).flatMap((from) => arrowsFrom(from)),
    '  SUCCEEDED --> [*]',
  ].join('\n');
}

function arrowsFrom(from: IntentStatus): string[] {
  return STATUS_FACTS.filter((fact) => leads(from, fact)).map(
    (fact) => `  ${from} --> ${transition(from, fact)}: ${fact} (late_success)`,
  );
}

function leads(from: IntentStatus, fact: StatusFact): boolean {
  const to = transition(from, fact);
  return to !== from && to !== 'STALE' && to !== 'IGNORED';
}

function transitionTable(): string {
  return table(
    ['status', ...STATUS_FACTS],
    INTENT_STATUSES.map((status) => [
      `**${status}**`,
      ...STATUS_FACTS.map((fact) => cell(status, transition(status, fact))),
    ]),
  );
}

function cell(from: IntentStatus, to: string): string {
  if (to === from) return '=';
  return to === 'STALE' || to === 'IGNORED' ? `*${to}*` : to;
}

function factTable(): string {
  return table(['fact', 'transaction', 'effect on the status'], FACT_NAMES.map(factRow));
}

function factRow(name: FactName): string[] {
  const { transaction, status, ...rest } = FACT_EFFECTS[name];
  const written = transaction === null ? '–' : transaction.join(' ');
  return [name, 'ifNamed' in rest ? `(${written})` : written, status ?? '–'];
}
