import type { SimulatorClock } from '../clock.js';
import type { FaultRule } from '../faults/fault-rule.js';
import type { FaultTable } from '../faults/fault-table.js';
import { type Answer, type Call, Refusal } from './call.js';
import type { CallCounts } from './call-counts.js';
import type { Execution, GatewayApi, OperationCall } from './gateway-api.js';
import type { IdempotencyKey, IdempotencyStore } from './idempotency-store.js';

/** How a request ends: with an answer, or with none. */
export type Ending =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** The connection is closed, by a reset or in an orderly way. */
  | { readonly kind: 'cut'; readonly isReset: boolean }
  /** The connection is left open for so long, and then closed. */
  | { readonly kind: 'hold'; readonly holdMs: number };

export interface ServingParts {
  readonly clock: SimulatorClock;
  readonly faults: FaultTable;
  readonly counts: CallCounts;
  readonly keys: IdempotencyStore;
}

const HOLD_MS = 120_000;
const DELAY_MS = 1000;
const RETRY_AFTER_S = 1;

/** One request to a gateway, faults included, from the door to how it ends. */
export async function serveCall(gateway: GatewayApi, call: Call, parts: ServingParts): Promise<Ending> {
  const matched = gateway.match(call.method, call.path);
  if (matched === undefined) return answered(gateway.answers.noSuchOperation(call));
  const { provider } = gateway;
  const { operation } = matched;
  parts.counts.add(provider, operation, 'requests');
  const fault = parts.faults.strike(provider, operation);
  if (fault !== undefined) parts.counts.add(provider, operation, 'faulted');
  const lost = endsBefore(gateway, fault);
  if (lost !== undefined) return lost;
  const unauthentic = gateway.authenticate(call, operation);
  if (unauthentic !== undefined) return answered(unauthentic);
  try {
    const key = gateway.idempotencyKey(call, operation);
    const answer = await answerOnce({ gateway, call, matched, fault, key, parts });
    return endingAfter(gateway, fault, answer);
  } catch (error) {
    if (error instanceof Refusal) return answered(error.answer);
    throw error;
  }
}

/** Faults in front of the gateway: nothing of the request is seen there. */
function endsBefore({ answers }: GatewayApi, fault: FaultRule | undefined): Ending | undefined {
  switch (fault?.kind) {
    case 'rate_limit': {
      const { headers, ...answer } = answers.rateLimited();
      const retryAfter = String(fault.retryAfterS ?? RETRY_AFTER_S);
      return answered({ ...answer, headers: { ...headers, 'retry-after': retryAfter } });
    }
    case 'unavailable':
      return answered(UNAVAILABLE);
    case 'timeout_before':
      return { kind: 'hold', holdMs: fault.holdMs ?? HOLD_MS };
    case 'reset':
    case 'down':
      return { kind: 'cut', isReset: true };
    default:
      return undefined;
  }
}

const UNAVAILABLE: Answer = {
  status: 503,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>503 Service Unavailable</title></head><body>upstream connect error</body></html>\n',
};

interface Serving {
  readonly gateway: GatewayApi;
  readonly call: Call;
  readonly matched: OperationCall;
  readonly fault: FaultRule | undefined;
  readonly key: IdempotencyKey | undefined;
  readonly parts: ServingParts;
}

/** The answer that the gateway has for the request, from memory if its key is known. */
async function answerOnce(serving: Serving): Promise<Answer> {
  const { gateway, matched, key, parts } = serving;
  if (key === undefined) return (await execute(serving)).answer;
  const beginning = parts.keys.begin(key);
  if (beginning.kind === 'in-use') return gateway.answers.keyInUse();
  if (beginning.kind === 'differs') return gateway.answers.keyDiffers();
  if (beginning.kind === 'replay') {
    parts.counts.add(gateway.provider, matched.operation, 'replayed');
    return gateway.answers.replayed(beginning.answer);
  }
  let kept: Answer | undefined;
  try {
    const { answer, isKept } = await execute(serving);
    if (isKept) kept = answer;
    return answer;
  } finally {
    parts.keys.end(key, kept);
  }
}

async function execute({ gateway, call, matched, fault, parts }: Serving): Promise<Execution> {
  if (fault?.kind === 'slow') await parts.clock.wait(fault.delayMs ?? DELAY_MS);
  const { answers, provider } = gateway;
  const failed: Execution = { answer: answers.serverError(), isKept: answers.keepsServerErrors };
  if (fault?.kind === 'server_error_before') return failed;
  parts.counts.add(provider, matched.operation, 'executed');
  const decline = fault?.kind === 'decline' ? (fault.declineCode ?? '') : undefined;
  const done = matched.execute(call, { decline });
  return fault?.kind === 'server_error_after' && answers.keepsServerErrors ? failed : done;
}

/** Faults behind the gateway: what was done is done. */
function endingAfter({ answers }: GatewayApi, fault: FaultRule | undefined, answer: Answer): Ending {
  switch (fault?.kind) {
    case 'server_error_after':
      return answered(answers.serverError());
    case 'timeout_after':
      return { kind: 'hold', holdMs: fault.holdMs ?? HOLD_MS };
    case 'drop_reply':
      return { kind: 'cut', isReset: false };
    default:
      return answered(answer);
  }
}

function answered(answer: Answer): Ending {
  return { kind: 'answer', answer };
}
