import type { CallFailed, CheckStep, FetchStep, InquireStep, SendStep } from '@payments/domain';
import { type GatewayAnswer, type GatewayClient, GatewayError } from '@payments/gateways';

/** What is to be asked of the gateway, outside of any transaction. */
export type CallStep = SendStep | InquireStep | FetchStep | CheckStep;

/** A call, made once, and what the gateway told. */
export interface MadeCall {
  readonly step: CallStep;
  /** Null: nothing was found, or it failed. With a refusal: what the gateway told of the payment beside it. */
  readonly answer: GatewayAnswer | null;
  readonly failed: CallFailed | null;
  readonly httpStatus: number | null;
  readonly durationMs: number;
  /** What was thrown, for the log. */
  readonly error: unknown;
}

/** Never rejects: whatever is thrown that proves nothing leaves the outcome unknown. */
export async function makeCall(client: GatewayClient, step: CallStep): Promise<MadeCall> {
  const startedAt = performance.now();
  const made = (rest: Partial<MadeCall>): MadeCall => ({
    step,
    answer: null,
    failed: null,
    httpStatus: null,
    error: undefined,
    durationMs: performance.now() - startedAt,
    ...rest,
  });
  try {
    return made({ answer: await callOf(client, step) });
  } catch (error) {
    if (!(error instanceof GatewayError)) return made({ failed: UNEXPECTED, error });
    const { type, failure, retryAfterMs, answer, httpStatus } = error;
    return made({ failed: { kind: 'failed', type, failure, retryAfterMs }, answer, httpStatus, error });
  }
}

function callOf(client: GatewayClient, step: CallStep): Promise<GatewayAnswer | null> {
  switch (step.kind) {
    case 'send':
      return client.send(step.call);
    case 'inquire':
      return client.inquire(step.call);
    case 'fetch':
    case 'check':
      return client.fetch(step.objectId);
  }
}

/** What was thrown is in the log alone: nobody knows whether its words can be stored, or shown to anybody. */
const UNEXPECTED: CallFailed = {
  kind: 'failed',
  type: 'UNKNOWN_OUTCOME',
  retryAfterMs: null,
  failure: { code: 'unexpected_error', message: null },
};
