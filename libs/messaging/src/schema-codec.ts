import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { TopicSpec } from '@payments/contracts';
import avro from 'avsc';
import {
  IncompatibleSchemaError,
  RegistryUnavailableError,
  UndecodableError,
  UnknownSchemaIdError,
} from './codec-errors.js';

/** Confluent's wire format: a zero byte, the schema's id in four bytes, the Avro value. */
const MAGIC_BYTE = 0;
const HEADER_BYTES = 5;
/** An unknown id is asked for again after so long: it may have been registered since. */
const UNKNOWN_FOR_MS = 30_000;
const UNKNOWN_COUNT_MAX = 1_000;

interface Registered {
  readonly id: number;
  readonly type: avro.Type;
  readonly header: Buffer;
}

/** Turns values into Avro and back, by the schemas of a registry. */
export class SchemaCodec {
  readonly #openRegistry: () => SchemaRegistry;
  readonly #registry: SchemaRegistry;
  readonly #registered = new Map<string, Registered>();
  readonly #resolvers = new Map<string, Promise<avro.Resolver>>();
  readonly #unknownUntil = new Map<number, number>();

  constructor(registryUrl: string) {
    const url = new URL(registryUrl);
    const auth = url.username
      ? { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : undefined;
    url.username = '';
    url.password = '';
    const host = url.toString().replace(/\/$/, '');
    this.#openRegistry = () => new SchemaRegistry({ host, ...(auth ? { auth } : {}) });
    this.#registry = this.#openRegistry();
  }

  /**
   * Registers the topic's schema, or finds it registered, and from then on encodes with it.
   *
   * @throws IncompatibleSchemaError, RegistryUnavailableError
   */
  async register(spec: TopicSpec): Promise<void> {
    try {
      const { id } = await this.#registry.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(spec.schema) },
        { subject: spec.subject, compatibility: COMPATIBILITY.BACKWARD },
      );
      this.#registered.set(spec.name, { id, type: typeOf(spec), header: headerOf(id) });
    } catch (cause) {
      if (statusOf(cause) === 409) {
        const message = `the schema of ${spec.subject} cannot read what the registered one wrote: change it so that it can`;
        throw new IncompatibleSchemaError(message, { cause });
      }
      throw new RegistryUnavailableError(`cannot register ${spec.subject}`, { cause });
    }
  }

  /** @throws TypeError if `value` does not fit the schema, or the topic's schema was never registered. */
  encode<Value>(spec: TopicSpec<Value>, value: Value): Buffer {
    const registered = this.#registered.get(spec.name);
    if (registered === undefined) throw new TypeError(`${spec.name}: register its schema first`);
    return Buffer.concat([registered.header, registered.type.toBuffer(value)]);
  }

  /**
   * Reads a value as the topic's present schema has it, whichever schema it was written with.
   *
   * @throws UndecodableError, UnknownSchemaIdError, RegistryUnavailableError
   */
  async decode<Value>(spec: TopicSpec<Value>, bytes: Buffer): Promise<Value> {
    if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC_BYTE) {
      throw new UndecodableError('the value does not begin with a schema id');
    }
    const id = bytes.readInt32BE(1);
    const resolver = await this.#resolverOf(spec, id);
    try {
      return typeOf(spec).fromBuffer(bytes.subarray(HEADER_BYTES), resolver) as Value;
    } catch (cause) {
      throw new UndecodableError(`the value does not follow schema ${id}`, { cause });
    }
  }

  /** One request for each id, however many records wait for it; failures are asked for again. */
  #resolverOf(spec: TopicSpec, id: number): Promise<avro.Resolver> {
    const key = `${id} ${spec.name}`;
    let resolver = this.#resolvers.get(key);
    if (resolver === undefined) {
      resolver = this.#createResolver(spec, id);
      resolver.catch(() => this.#resolvers.delete(key));
      this.#resolvers.set(key, resolver);
    }
    return resolver;
  }

  async #createResolver(spec: TopicSpec, id: number): Promise<avro.Resolver> {
    if ((this.#unknownUntil.get(id) ?? 0) > Date.now()) throw unknown(id);
    const writer = await this.#writerType(id);
    try {
      return typeOf(spec).createResolver(writer);
    } catch (cause) {
      throw new UndecodableError(`schema ${id} is not one of ${spec.subject}`, { cause });
    }
  }

  async #writerType(id: number): Promise<avro.Type> {
    try {
      return (await this.#registry.getSchema(id)) as unknown as avro.Type;
    } catch (cause) {
      if (statusOf(cause) !== 404 || !(await this.#knowsAnother())) {
        throw new RegistryUnavailableError(`cannot fetch schema ${id}`, { cause });
      }
      if (this.#unknownUntil.size >= UNKNOWN_COUNT_MAX) this.#unknownUntil.clear();
      this.#unknownUntil.set(id, Date.now() + UNKNOWN_FOR_MS);
      throw unknown(id, cause);
    }
  }

  /** A registry that lost its data answers 404 to everything: that is an outage, not a bad record. */
  async #knowsAnother(): Promise<boolean> {
    const [registered] = this.#registered.values();
    if (registered === undefined) return false;
    try {
      await this.#openRegistry().getSchema(registered.id);
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
    type = avro.Type.forSchema(spec.schema as avro.Schema);
    types.set(spec.schema, type);
  }
  return type;
}

function headerOf(id: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES, MAGIC_BYTE);
  header.writeInt32BE(id, 1);
  return header;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;
}

function unknown(id: number, cause?: unknown): UnknownSchemaIdError {
  return new UnknownSchemaIdError(`the registry has no schema ${id}`, { cause });
}
