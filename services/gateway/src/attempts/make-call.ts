import type { CallFailed, CheckStep, FetchStep, InquireStep, SendStep } from '@payments/domain';
import { type GatewayAnswer, type GatewayClient, GatewayError } from '@payments/gateways';

/** A step that asks the gateway something, outside of any transaction. */
export type CallStep = SendStep | InquireStep | FetchStep | CheckStep;

/** A call that was made once, and its outcome. */
export interface MadeCall {
  readonly step: CallStep;
  /**
   * Null: nothing was found, or the call failed. With a rejection: what the gateway reported of the payment besides.
   */
  readonly answer: GatewayAnswer | null;
  readonly failed: CallFailed | null;
  readonly httpStatus: number | null;
  readonly durationMs: number;
  /** The error, for the log. */
  readonly error: unknown;
}

/** Never rejects: errors that prove nothing leave the outcome unknown. */
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
    const facts = answer?.facts ?? [];
    return made({
      failed: { kind: 'failed', type, failure, retryAfterMs, facts },
      answer,
      httpStatus,
      error,
    });
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

/** The error is only logged: its message may be unfit to be stored or shown. */
const UNEXPECTED: CallFailed = {
  kind: 'failed',
  type: 'UNKNOWN_OUTCOME',
  retryAfterMs: null,
  failure: { code: 'unexpected_error', message: null },
};
