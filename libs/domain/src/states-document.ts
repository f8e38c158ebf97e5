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
    'A fact is what a gateway says happened, whatever its event is called. Facts about money are recorded and summed in every status and from every leg; the status follows where this table says so, from the current leg alone, and only if the fact is not older than the last one applied on that leg by the gateway’s own time. At equal times the fact further to the right counts as the newer.',
    'A leg may hold several attempts to pay: captures and authorizations in a PayPal order, payments in a Razorpay order. While the money of any of them is under way or held, the newest word of those is the status, and no failure, cancellation or other word moves it; else the newest word on the leg is. Facts about another object than the one that the leg was opened for say nothing of the status.',
    '## Diagram',
    ['```mermaid', diagram(), '```'].join('\n'),
    '## Transitions',
    'STALE: the payment is past it. IGNORED: it does not apply any more. A capture asks neither for the leg nor for the time.',
    transitionTable(),
    '## Facts',
    'A transaction is one row for each (provider, type, gateway object id), however often it is reported. In brackets: only where the fact names the attempt’s own object, and of the type that it names (an AUTHORIZATION of PayPal’s).',
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
  return table(['fact', 'transaction', 'says of the status'], FACT_NAMES.map(factRow));
}

function factRow(name: FactName): string[] {
  const { transaction, status, ...rest } = FACT_EFFECTS[name];
  const written = transaction === null ? '–' : transaction.join(' ');
  return [name, 'ifNamed' in rest ? `(${written})` : written, status ?? '–'];
}
