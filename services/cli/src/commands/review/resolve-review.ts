import type { AttemptId, ReviewVerdict } from '@payments/domain';
import {
  attemptJson,
  type Database,
  databaseErrorOf,
  type GivenVerdict,
  type ResolvedAttempt,
  resolveAttempt,
  VerdictRefusedError,
  VersionConflictError,
} from '@payments/persistence';
import type { CliContext } from '../../cli-context.js';
import { CliError } from '../../cli-error.js';
import type { ByOption, OutputOptions } from '../../options.js';
import { json } from '../../output/json.js';
import { findAttempt } from './find-attempt.js';

interface ResolveOptions extends OutputOptions, ByOption {
  readonly evidence: string;
  readonly object?: string;
}

/** Retries of a transaction that conflicts with a worker's on the same payment. */
const TRIES_MAX = 5;

/** `payments review resolve` */
export async function resolveReview(
  context: CliContext,
  attemptId: AttemptId,
  verdict: ReviewVerdict,
  { evidence, object, by, json: asJson }: ResolveOptions,
): Promise<void> {
  const given: GivenVerdict = { attemptId, verdict, evidence, objectId: object ?? null, by };
  const resolved = await context.withDatabase(async (database) => {
    await findAttempt(database, attemptId);
    return resolveAgain(database, given);
  });
  context.out(asJson ? json({ attempt: attemptJson(resolved.after) }) : told(resolved));
}

async function resolveAgain(database: Database, given: GivenVerdict, tries = 1): Promise<ResolvedAttempt> {
  try {
    return await database.transaction((em) => resolveAttempt(em, given));
  } catch (error) {
    if (error instanceof VerdictRefusedError) throw new CliError('refused', `Refused: ${error.message}.`);
    if (tries < TRIES_MAX && isConflict(error)) return resolveAgain(database, given, tries + 1);
    throw error;
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof VersionConflictError || databaseErrorOf(error)?.code === '40P01';
}

function told({ after }: ResolvedAttempt): string {
  const { attemptId, state, intentId, provider } = after;
  const next =
    state === 'UNKNOWN'
      ? `The worker of ${provider} now fetches what was carried out, and ends the attempt by what that says.`
      : 'The intent was told.';
  return `Attempt ${attemptId} is ${state}. ${next}\nSee: payments intent show ${intentId}\n`;
}
