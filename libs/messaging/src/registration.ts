import { COMPATIBILITY, type SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { TopicSpec } from '@payments/contracts';
import { retryDelayMs, sleep } from '@payments/runtime';
import { IncompatibleSchemaError, RegistryUnavailableError } from './codec-errors.js';
import { askRegistry, type RegistryAddress } from './registry-request.js';

const TRIES_MAX = 8;
const BACKOFF = { baseMs: 50, capMs: 500 };
const CONFLICT = 409;

/**
 * Registers the topic's schema, or finds it registered. From the first time on the subject takes BACKWARD
 * compatible schemas only.
 *
 * @returns the schema's id.
 * @throws IncompatibleSchemaError, RegistryUnavailableError
 */
export async function registerSchema(
  registry: SchemaRegistry,
  address: RegistryAddress,
  { subject, schema }: TopicSpec,
): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    try {
      const { id } = await registry.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(schema) },
        { subject, compatibility: COMPATIBILITY.BACKWARD },
      );
      return id;
    } catch (error) {
      const open = isWithoutRule(error);
      // Of several that register a subject for the first time, all but one can be told that it conflicts.
      if ((statusOf(error) !== CONFLICT && !open) || tries === TRIES_MAX) {
        throw registrationError(subject, error);
      }
      if (open) await requireBackward(address, subject);
      await sleep(retryDelayMs(tries, BACKOFF));
    }
  }
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;
}

/** The client sets the rule after the schema: another one is in between now, or died there. */
function isWithoutRule(error: unknown): boolean {
  return isAboutRules(error) && error.message.includes(`!= ${COMPATIBILITY.NONE}`);
}

function isAboutRules(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ConfluentSchemaRegistryCompatibilityError';
}

async function requireBackward(address: RegistryAddress, subject: string): Promise<void> {
  try {
    await askRegistry(address, `/config/${encodeURIComponent(subject)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ compatibility: COMPATIBILITY.BACKWARD }),
    });
    // Refused while another one sets it: the next try finds out.
  } catch (cause) {
    throw new RegistryUnavailableError(`cannot set the compatibility of ${subject}`, { cause });
  }
}

function registrationError(subject: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  if (statusOf(cause) === CONFLICT) {
    const message = `the schema of ${subject} cannot read what the registered one wrote: change it so that it can`;
    return new IncompatibleSchemaError(message, { cause });
  }
  if (isAboutRules(cause)) {
    return new IncompatibleSchemaError(`the registry checks ${subject} otherwise: ${why}`, { cause });
  }
  return new RegistryUnavailableError(`cannot register the schema of ${subject}: ${why}`, { cause });
}
