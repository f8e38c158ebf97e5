import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SealKeyring, TOPICS } from '@payments/contracts';
import type { GatewayProvider } from '@payments/domain';
import { type VerifiedWebhook, WebhookError, type WebhookVerifier } from '@payments/gateways';
import type { BatchingProducer, SchemaCodec } from '@payments/messaging';
import {
  injectTraceHeaders,
  type Problem,
  sendProblem,
  sendProblemAndClose,
  unavailable,
} from '@payments/runtime';
import type { IngressEvents } from '../ingress-events.js';
import { BodyError, type RawBodyReader, RequestAbortedError } from '../raw-body.js';

export interface ReceiveWebhookDeps {
  readonly verifiers: Readonly<Record<GatewayProvider, WebhookVerifier>>;
  readonly keyring: Pick<SealKeyring, 'seal'>;
  readonly codec: Pick<SchemaCodec, 'encode'>;
  readonly producer: Pick<BatchingProducer, 'send'>;
  readonly bodies: RawBodyReader;
  readonly events: IngressEvents;
}

const PROBLEMS = {
  unreadable: (detail: string): Problem => ({ status: 400, title: 'Unreadable webhook', detail }),
  unauthentic: (detail: string): Problem => ({ status: 401, title: 'Signature refused', detail }),
  unavailable: (detail: string): Problem => unavailable(detail),
} satisfies Record<WebhookError['kind'], (detail: string) => Problem>;

const NOT_STORED = unavailable(
  'The webhook could not be stored in time. Send it again: duplicates are recognised by its id.',
);

/** Verifies, seals, publishes; answers 200 only after all in-sync replicas of the broker have the record. */
export async function receiveWebhook(
  deps: ReceiveWebhookDeps,
  provider: GatewayProvider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const receivedAt = Date.now();
  const startedAt = performance.now();
  let webhook: VerifiedWebhook | undefined;
  let status: number;
  try {
    const body = await deps.bodies.read(req);
    try {
      // Stripe and Razorpay verify at once; awaiting them too would cost every webhook a turn.
      const verified = deps.verifiers[provider].verify({ headers: req.headers, body, receivedAt });
      webhook = verified instanceof Promise ? await verified : verified;
      await publish(deps, webhook, body, receivedAt);
    } finally {
      deps.bodies.release(body);
    }
    accept(res, webhook.webhookId);
    status = 200;
  } catch (error) {
    if (error instanceof RequestAbortedError) {
      deps.events.aborted(provider, startedAt);
      return;
    }
    const problem = problemOf(error);
    status = problem.status;
    deps.events.refused(provider, problem, error);
    if (error instanceof BodyError) sendProblemAndClose(req, res, problem);
    else sendProblem(res, problem);
  }
  deps.events.answered(provider, status, startedAt);
}

function publish(
  { keyring, codec, producer }: ReceiveWebhookDeps,
  { provider, webhookId, eventType, key }: VerifiedWebhook,
  body: Buffer,
  receivedAt: number,
): Promise<unknown> {
  const context = { webhookId, provider, eventType, source: 'gateway', receivedAt };
  const headers: Record<string, string> = {};
  injectTraceHeaders(headers);
  return producer.send({
    topic: TOPICS.webhookReceived.name,
    key,
    value: codec.encode(TOPICS.webhookReceived, { ...context, sealedBody: keyring.seal(context, body) }),
    headers,
  });
}

function accept(res: ServerResponse, webhookId: string): void {
  const body = `{"received":true,"id":${JSON.stringify(webhookId)}}`;
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  res.end(body);
}

function problemOf(error: unknown): Problem {
  if (error instanceof BodyError) return error.problem;
  if (error instanceof WebhookError) return PROBLEMS[error.kind](error.reason);
  return NOT_STORED;
}
