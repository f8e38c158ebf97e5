import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { TopicSpec } from '@payments/contracts';
import avro from 'avsc';
import { boundedTypes } from './bounded-types.js';
import {
  RegistryUnavailableError,
  SchemaAheadError,
  UndecodableError,
  UnknownSchemaIdError,
} from './codec-errors.js';
import { registerSchema, statusOf } from './registration.js';
import type { RegistryAddress } from './registry-request.js';
import { subjectsOfSchema } from './schema-subjects.js';

/** Confluent's wire format: a zero byte, the schema's id in four bytes, the Avro value. */
const MAGIC_BYTE = 0;
const HEADER_BYTES = 5;
/** An unknown id is asked for again after so long: it may have been registered since. */
const UNKNOWN_FOR_MS = 2_000;
const UNKNOWN_COUNT_MAX = 1_000;
const REQUEST_MS_MAX = 4_000;
const REQUEST_RETRY = { retries: 1, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 };
/** Most values fit; a larger one gets a buffer of its own. */
const ENCODED_BYTES_USUAL = 64 * 1024;

type RegistryOptions = ConstructorParameters<typeof SchemaRegistry>[0];

/**
 * By itself the client waits for ever for a registry that takes requests and says nothing; and whoever asks for
 * the same schema later waits with it.
 */
const limitRequests: NonNullable<RegistryOptions['middlewares']>[number] = () => ({
  prepareRequest: async (next) => (await next()).enhance({ timeout: REQUEST_MS_MAX }),
});

interface Registered {
  readonly type: avro.Type;
  readonly header: Buffer;
}

/** Reads what one schema wrote as another has it. */
type Reader = (bytes: Buffer) => unknown;

/** Turns values into Avro and back, by the schemas of a registry. */
export class SchemaCodec {
  readonly #openRegistry: () => SchemaRegistry;
  readonly #registry: SchemaRegistry;
  readonly #address: RegistryAddress;
  readonly #registered = new Map<string, Registered>();
  readonly #readers = new Map<string, Reader | Promise<Reader>>();
  /** The last id that the registry knew. */
  #knownId: number | undefined;
  readonly #unknownUntil = new Map<number, number>();
  /** Written anew for each value, and copied out. */
  readonly #encoded = Buffer.alloc(ENCODED_BYTES_USUAL);

  constructor(registryUrl: string) {
    const url = new URL(registryUrl);
    const auth = url.username
      ? { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : undefined;
    url.username = '';
    url.password = '';
    const host = url.toString().replace(/\/$/, '');
    this.#address = { host, auth };
    const options: RegistryOptions = { host, retry: REQUEST_RETRY, middlewares: [limitRequests] };
    const schemas = { [SchemaType.AVRO]: { typeHook: boundedTypes } };
    this.#openRegistry = () => new SchemaRegistry({ ...options, ...(auth ? { auth } : {}) }, schemas);
    this.#registry = this.#openRegistry();
  }

  /**
   * Registers the topic's schema, or finds it registered, and from then on encodes with it.
   *
   * @throws IncompatibleSchemaError, RegistryUnavailableError
   */
  async register(spec: TopicSpec): Promise<void> {
    const id = await registerSchema(this.#registry, this.#address, spec);
    this.#registered.set(spec.name, { type: typeOf(spec), header: headerOf(id) });
    this.#knownId = id;
  }

  /** @throws TypeError if `value` does not fit the schema, or the topic's schema was never registered. */
  encode<Value>(spec: TopicSpec<Value>, value: Value): Buffer {
    const registered = this.#registered.get(spec.name);
    if (registered === undefined) throw new TypeError(`${spec.name}: register its schema first`);
    const { type, header } = registered;
    try {
      const end = type.encode(value, this.#encoded, HEADER_BYTES);
      if (end < 0) return Buffer.concat([header, type.toBuffer(value)]);
      header.copy(this.#encoded);
      return Buffer.from(this.#encoded.subarray(0, end));
    } catch (cause) {
      throw new TypeError(`the value does not fit the schema of ${spec.subject}`, { cause });
    }
  }

  /**
   * Reads a value as the topic's present schema has it, whichever schema it was written with.
   *
   * @throws UndecodableError, UnknownSchemaIdError, SchemaAheadError, RegistryUnavailableError
   */
  async decode<Value>(spec: TopicSpec<Value>, bytes: Buffer): Promise<Value> {
    return this.decodeThen(spec, bytes, (value) => value);
  }

  /**
   * Decodes a value and returns what `use` makes of it: at once if the schema is known, without a promise for each of
   * many records, and else once the registry has answered.
   *
   * @throws as `decode`, or rejects with it
   */
  decodeThen<Value, Result>(
    spec: TopicSpec<Value>,
    bytes: Buffer,
    use: (value: Value) => Result,
  ): Result | Promise<Result> {
    if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC_BYTE) {
      throw new UndecodableError('the value does not begin with a schema id');
    }
    const reader = this.#readerOf(spec, bytes.readInt32BE(1));
    if (reader instanceof Promise) return reader.then((read) => use(readValue(read, bytes)));
    return use(readValue(reader, bytes));
  }

  /** One request for each id, however many records wait for it; what fails is asked for again. */
  #readerOf(spec: TopicSpec, id: number): Reader | Promise<Reader> {
    const key = `${id} ${spec.name}`;
    const kept = this.#readers.get(key);
    if (kept !== undefined) return kept;
    const created = this.#createReader(spec, id);
    this.#readers.set(key, created);
    created.then(
      (reader) => this.#readers.set(key, reader),
      // That a schema is another subject's stays so: it is found out once, however many records come under it.
      (error: unknown) => {
        if (!(error instanceof UndecodableError)) this.#readers.delete(key);
      },
    );
    return created;
  }

  async #createReader(spec: TopicSpec, id: number): Promise<Reader> {
    const unknownUntil = this.#unknownUntil.get(id);
    if (unknownUntil !== undefined && unknownUntil > Date.now()) throw unknown(spec, id);
    const writer = await this.#writerType(spec, id);
    const reader = typeOf(spec);
    if (reader.equals(writer)) return (bytes) => reader.fromBuffer(bytes);
    try {
      const resolver = reader.createResolver(writer);
      return (bytes) => reader.fromBuffer(bytes, resolver);
    } catch (cause) {
      throw await this.#misfit(spec, id, cause);
    }
  }

  /** What is wrong with a schema that the registry has, and that cannot be read or not be resolved into the topic's. */
  async #misfit({ subject }: TopicSpec, id: number, cause: unknown): Promise<Error> {
    // What avsc says names the part that differs, and nothing of a value.
    const why = cause instanceof Error ? cause.message : String(cause);
    if ((await subjectsOfSchema(this.#address, id)).includes(subject)) {
      return new SchemaAheadError(`schema ${id} of ${subject} needs newer code: ${why}`, { cause });
    }
    return new UndecodableError(`schema ${id} is not one of ${subject}: ${why}`, { cause });
  }

  async #writerType(spec: TopicSpec, id: number): Promise<avro.Type> {
    try {
      const type = (await this.#registry.getSchema(id)) as unknown as avro.Type;
      this.#knownId = id;
      return type;
    } catch (cause) {
      // Answered, with a schema that avsc refuses: about defaults, for one, it is stricter than the registry.
      if (statusOf(cause) === undefined) throw await this.#misfit(spec, id, cause);
      if (statusOf(cause) !== 404 || !(await this.#knowsAnother(spec))) {
        throw new RegistryUnavailableError(`cannot fetch schema ${id}`, { cause });
      }
      if (this.#unknownUntil.size >= UNKNOWN_COUNT_MAX) this.#unknownUntil.clear();
      this.#unknownUntil.set(id, Date.now() + UNKNOWN_FOR_MS);
      throw unknown(spec, id, cause);
    }
  }

  /** A registry that lost its data answers 404 to everything: that is an outage, not a bad record. */
  async #knowsAnother({ subject }: TopicSpec): Promise<boolean> {
    // Asked anew: the client that is kept remembers what it once knew.
    const registry = this.#openRegistry();
    try {
      if (this.#knownId === undefined) await registry.getLatestSchemaId(subject);
      else await registry.getSchema(this.#knownId);
      return true;
    } catch {
      return false;
    }
  }
}

const types = new WeakMap<object, avro.Type>();

function typeOf(spec: TopicSpec): avro.Type {
  let type = types.get(spec.schema);
  if (type === undefined) {
    type = avro.Type.forSchema(spec.schema as avro.Schema, { typeHook: boundedTypes });
    types.set(spec.schema, type);
  }
  return type;
}

/** @throws UndecodableError */
function readValue<Value>(read: Reader, bytes: Buffer): Value {
  try {
    return read(bytes.subarray(HEADER_BYTES)) as Value;
  } catch (cause) {
    throw new UndecodableError(`the value does not follow schema ${bytes.readInt32BE(1)}`, { cause });
  }
}

function headerOf(id: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES, MAGIC_BYTE);
  header.writeInt32BE(id, 1);
  return header;
}

function unknown({ subject }: TopicSpec, id: number, cause?: unknown): UnknownSchemaIdError {
  return new UnknownSchemaIdError(`the registry has no schema ${id} (${subject})`, { cause });
}
