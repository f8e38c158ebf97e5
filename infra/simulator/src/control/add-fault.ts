import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import type { JsonFields } from '../api/json-fields.js';
import { CUSTOMER_OPERATIONS } from '../customer/played-customer.js';
import { CALL_FAULTS, CUSTOMER_FAULTS, type FaultKind, type FaultRule } from '../faults/fault-rule.js';
import { TooManyRulesError } from '../faults/fault-table.js';
import type { Simulator } from '../simulator.js';
import { DAY_MS } from '../time-units.js';
import { type ControlHandler, refused } from './control-request.js';

const COUNT = { min: 1, max: Number.MAX_SAFE_INTEGER } as const;
const FIELDS = [
  'provider',
  'operation',
  'kind',
  'nth',
  'probability',
  'times',
  'declineCode',
  'retryAfterS',
  'delayMs',
  'holdMs',
];

/** Asks for a fault. */
export const addFault: ControlHandler = async ({ body }, simulator) => {
  const rule = readRule(body);
  refuseImpossible(rule, body, simulator);
  try {
    const record = simulator.faults.add(rule);
    await simulator.onFaultsChanged();
    return record;
  } catch (error) {
    if (error instanceof TooManyRulesError) throw refused(409, error.message);
    throw error;
  }
};

function readRule(body: JsonFields): FaultRule {
  body.only(...FIELDS);
  return {
    provider: body.oneOf('provider', [...GATEWAY_PROVIDERS, '*']) ?? '*',
    operation: body.text('operation') ?? '*',
    kind: body.requiredOneOf<FaultKind>('kind', [
      ...new Set<FaultKind>([...CALL_FAULTS, ...CUSTOMER_FAULTS]),
    ]),
    nth: body.integer('nth', COUNT),
    probability: body.number('probability', { min: 0, max: 1 }),
    times: body.integer('times', COUNT),
    declineCode: body.text('declineCode', { max: 64 }),
    retryAfterS: body.integer('retryAfterS', { min: 0, max: 86_400 }),
    delayMs: body.integer('delayMs', { min: 0, max: DAY_MS }),
    holdMs: body.integer('holdMs', { min: 0, max: DAY_MS }),
  };
}

function refuseImpossible(
  { provider, operation, kind }: FaultRule,
  body: JsonFields,
  simulator: Simulator,
): void {
  const providers = provider === '*' ? GATEWAY_PROVIDERS : [provider];
  const isOfCustomer = providers.some((one) => CUSTOMER_OPERATIONS[one] === operation);
  const kinds: readonly FaultKind[] = isOfCustomer ? CUSTOMER_FAULTS : CALL_FAULTS;
  if (!kinds.includes(kind)) {
    throw body.problem('kind', 'invalid', `${operation} can have: ${kinds.join(', ')}`);
  }
  if (isOfCustomer) return;
  const known = providers.flatMap((one) => operationsOf(simulator, one, kind));
  if (operation === '*' && kind !== 'decline') return;
  if (known.includes(operation)) return;
  const problem = `operation is one of ${known.join(', ')}`;
  throw body.problem(
    'operation',
    'invalid',
    kind === 'decline' ? `what can be declined: ${problem}` : problem,
  );
}

function operationsOf({ gateways }: Simulator, provider: GatewayProvider, kind: FaultKind): string[] {
  const { operations, canDecline } = gateways[provider];
  const customer = CUSTOMER_OPERATIONS[provider];
  if (kind !== 'decline') return [...operations, customer];
  return [...operations.filter(canDecline), customer];
}
