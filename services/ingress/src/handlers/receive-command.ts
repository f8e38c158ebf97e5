import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Claims, SlidingLimit } from '@payments/cache';
import { type PaymentIntentCommand, TOPICS } from '@payments/contracts';
import { commandIdOf, type IntentId } from '@payments/domain';
import type { BatchingProducer, SchemaCodec } from '@payments/messaging';
import {
  type ApiKeysFile,
  authorize,
  injectTraceHeaders,
  ProblemError,
  refuse,
  requireScope,
  sendProblem,
} from '@payments/runtime';
import type { CommandEvents } from '../commands/command-events.js';
import type { CommandContent, CommandEndpoint } from '../commands/endpoints.js';
import { KEY_REUSED, NOT_STORED, tooManyCreations } from '../commands/problems.js';
import { readJson } from '../commands/read-json.js';
import { idempotencyKeyOf, requireJson } from '../commands/request-head.js';
import { type RawBodyReader, RequestAbortedError } from '../raw-body.js';

export interface ReceiveCommandDeps {
  readonly keys: Pick<ApiKeysFile, 'find'>;
  readonly codec: Pick<SchemaCodec, 'encode'>;
  readonly producer: Pick<BatchingProducer, 'send'>;
  readonly bodies: RawBodyReader;
  /** What each command id was first used for. */
  readonly firstUses: Claims;
  /** Limits the creations for one customer, by API key. */
  readonly creationLimit: SlidingLimit;
  /** URL of the query service, without trailing slash. */
  readonly queryUrl: string;
  readonly events: CommandEvents;
}

/** Far more than the largest valid command. */
const BODY_BYTES_MAX = 256 * 1024;

/** Validates and publishes; answers 202 only after all in-sync replicas of the broker have the record. */
export async function receiveCommand(
  deps: ReceiveCommandDeps,
  endpoint: CommandEndpoint,
  intentId: IntentId | undefined,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { type } = endpoint;
  const startedAt = performance.now();
  try {
    const command = await commandIn(deps, endpoint, intentId, req);
    if (command.create !== null) await limitCreations(deps, command, command.create.customerId, res);
    await requireFirstUse(deps, command);
    await publish(deps, command);
    accept(deps, command, res);
    deps.events.accepted(command, startedAt);
  } catch (error) {
    if (error instanceof RequestAbortedError) return deps.events.aborted(type, startedAt);
    const problem = error instanceof ProblemError ? error.problem : NOT_STORED;
    deps.events.refused(type, problem, error, startedAt);
    // Rejected by its head alone: the body is not read to its end.
    if (req.complete) sendProblem(res, problem);
    else refuse(req, res, problem);
  }
}

async function commandIn(
  { keys, bodies }: ReceiveCommandDeps,
  endpoint: CommandEndpoint,
  intentId: IntentId | undefined,
  req: IncomingMessage,
): Promise<PaymentIntentCommand> {
  const issuedAt = Date.now();
  const key = authorize(keys, req, endpoint.scope, issuedAt);
  const { id: sender } = key;
  const commandId = commandIdOf(sender, idempotencyKeyOf(req));
  requireJson(req);
  const bytes = await bodies.read(req, BODY_BYTES_MAX);
  try {
    const body = bytes.length === 0 ? {} : readJson(bytes);
    const content = endpoint.read(body, intentId);
    // A creation that confirms at once charges, so it requires that scope too.
    if (content.create?.confirm) requireScope(key, 'payments:confirm');
    return { commandId, issuedAt, sender, ...content };
  } finally {
    bodies.release(bytes);
  }
}

/** A repeated creation does not count again. @throws ProblemError 429 */
async function limitCreations(
  { creationLimit }: ReceiveCommandDeps,
  { sender, commandId }: PaymentIntentCommand,
  customerId: string,
  res: ServerResponse,
): Promise<void> {
  const { admitted, remaining, resetMs } = await creationLimit.admit(`${sender}:${customerId}`, commandId);
  const resetS = Math.max(1, Math.ceil(resetMs / 1000));
  res.setHeader('ratelimit-limit', creationLimit.limit);
  res.setHeader('ratelimit-remaining', remaining);
  res.setHeader('ratelimit-reset', resetS);
  if (!admitted) throw new ProblemError(tooManyCreations(creationLimit.limit, resetS));
}

/** @throws ProblemError 422 if the key is known to have been used for something else */
async function requireFirstUse(
  { firstUses }: ReceiveCommandDeps,
  command: PaymentIntentCommand,
): Promise<void> {
  const fingerprint = fingerprintOf(command);
  const known = await firstUses.claim(command.commandId, fingerprint);
  if (known !== undefined && known !== fingerprint) throw new ProblemError(KEY_REUSED);
}

/** The same for repetitions, which differ in their send time only. */
function fingerprintOf({ commandId, issuedAt, sender, ...content }: PaymentIntentCommand): string {
  return createHash('sha256')
    .update(JSON.stringify(content satisfies CommandContent))
    .digest('base64url');
}

async function publish(
  { codec, producer }: ReceiveCommandDeps,
  command: PaymentIntentCommand,
): Promise<void> {
  const headers: Record<string, string> = {};
  injectTraceHeaders(headers);
  await producer.send({
    topic: TOPICS.intentCommands.name,
    key: command.intentId,
    value: codec.encode(TOPICS.intentCommands, command),
    headers,
  });
}

function accept(
  { queryUrl }: ReceiveCommandDeps,
  { commandId, intentId }: PaymentIntentCommand,
  res: ServerResponse,
): void {
  const body = JSON.stringify({
    commandId,
    commandUrl: `${queryUrl}/v1/commands/${commandId}`,
    intentId,
    statusUrl: `${queryUrl}/v1/payment-intents/${intentId}`,
  });
  res.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
