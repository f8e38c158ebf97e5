import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sharedStack, uniqueName } from '@payments/local/testing';
import { UndecodableError } from './codec-errors.js';
import { SchemaCodec } from './schema-codec.js';
import { RegistryFront } from './testing/registry-front.js';
import { topicSpec } from './testing/topic-spec.js';

const { registryUrl } = sharedStack();
const UNKNOWN_ID = 1_900_000_000;

let front: RegistryFront;

beforeEach(async () => {
  front = await RegistryFront.open(registryUrl);
});

afterEach(() => front.close());

async function registered(spec: Parameters<SchemaCodec['register']>[0]): Promise<SchemaCodec> {
  const codec = new SchemaCodec(registryUrl);
  await codec.register(spec);
  return codec;
}

function withId(id: number, rest: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(5);
  header.writeInt32BE(id, 1);
  return Buffer.concat([header, rest]);
}

describe('a value', () => {
  const spec = topicSpec(['name']);

  test('comes back as it was, in bytes that any client of the registry reads', async () => {
    const codec = await registered(spec);
    const bytes = codec.encode(spec, { name: 'Ünal' });
    expect(await codec.decode(spec, bytes)).toEqual({ name: 'Ünal' });
    const answer = await fetch(`${registryUrl}/schemas/ids/${bytes.readInt32BE(1)}`);
    expect(JSON.parse(((await answer.json()) as { schema: string }).schema)).toMatchObject(spec.schema);
  });

  test('larger than any buffer that was made before comes back as well', async () => {
    const codec = await registered(spec);
    const name = 'x'.repeat(1_500_000);
    expect(await codec.decode(spec, codec.encode(spec, { name }))).toEqual({ name });
  });

  test('that does not fit the schema is not encoded', async () => {
    const codec = await registered(spec);
    expect(() => codec.encode(spec, { name: 7 } as never)).toThrow(TypeError);
    expect(() => new SchemaCodec(registryUrl).encode(spec, { name: 'a' })).toThrow(/register/);
  });

  test('that is not what a client of the registry wrote is undecodable', async () => {
    const codec = await registered(spec);
    const good = codec.encode(spec, { name: 'abc' });
    const bad = {
      empty: Buffer.alloc(0),
      short: good.subarray(0, 4),
      'without magic byte': Buffer.concat([Buffer.from([1]), good.subarray(1)]),
      'cut off': good.subarray(0, -1),
      'with more behind': Buffer.concat([good, Buffer.from([0])]),
      'of JSON': Buffer.from('{"name":"abc"}'),
    };
    for (const [what, bytes] of Object.entries(bad)) {
      const outcome = await codec.decode(spec, bytes).catch((error: Error) => error.name);
      expect([what, outcome]).toEqual([what, 'UndecodableError']);
    }
  });

  test('of a few bytes that says it has very many entries is undecodable, and keeps nobody', async () => {
    const { schema, ...named } = topicSpec<{ entries: string[] }>([]);
    const fields = [{ name: 'entries', type: { type: 'array', items: 'string' } }];
    const lists = { ...named, schema: { ...schema, fields } };
    const codec = await registered(lists);
    const header = codec.encode(lists, { entries: [] }).subarray(0, 5);
    const billions = Buffer.from([0x80, 0x90, 0xdf, 0xc0, 0x4a]);
    await expect(codec.decode(lists, Buffer.concat([header, billions]))).rejects.toThrow(UndecodableError);
  });

  test('of another topic is undecodable', async () => {
    const other = topicSpec(['quantity']);
    const foreign = (await registered(other)).encode(other, { quantity: '3' });
    const codec = await registered(spec);
    await expect(codec.decode(spec, foreign)).rejects.toMatchObject({ name: 'UndecodableError' });
  });

  test("of somebody else's schema, which avsc cannot read at all, is undecodable", async () => {
    const note = { name: 'note', type: ['string', 'null'], default: null };
    const schema = JSON.stringify({ type: 'record', name: 'Event', fields: [note] });
    const answer = await fetch(`${registryUrl}/subjects/${uniqueName('foreign')}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
    });
    const { id } = (await answer.json()) as { id: number };
    const codec = await registered(spec);
    await expect(codec.decode(spec, withId(id))).rejects.toMatchObject({ name: 'UndecodableError' });
  });

  test('of another topic is asked about once, however many there are', async () => {
    const other = topicSpec(['quantity']);
    const foreign = (await registered(other)).encode(other, { quantity: '3' });
    await registered(spec);
    const codec = new SchemaCodec(front.url);
    for (let times = 0; times < 3; times += 1) {
      await expect(codec.decode(spec, foreign)).rejects.toMatchObject({ name: 'UndecodableError' });
    }
    expect(front.paths.filter((path) => path.endsWith('/versions'))).toHaveLength(1);
  });
});

describe('a schema that grows', () => {
  const old = topicSpec(['name']);
  const grown = topicSpec(['name', { name: 'colour', default: 'red' }], old);

  test('reads what the old one wrote, and the old one what it writes', async () => {
    const oldCodec = await registered(old);
    const grownCodec = await registered(grown);
    const fromOld = oldCodec.encode(old, { name: 'a' });
    const fromGrown = grownCodec.encode(grown, { name: 'b', colour: 'blue' });
    expect(fromOld.readInt32BE(1)).not.toBe(fromGrown.readInt32BE(1));
    expect(await grownCodec.decode(grown, fromOld)).toEqual({ name: 'a', colour: 'red' });
    expect(await oldCodec.decode(old, fromGrown)).toEqual({ name: 'b' });
  });

  test('leaves the old one registered: an old release that starts again writes as before', async () => {
    const shrunk = topicSpec(['name'], topicSpec(['name', 'size']));
    const before = { ...shrunk, schema: topicSpec(['name', 'size'], shrunk).schema };
    const bytes = (await registered(before)).encode(before, { name: 'a', size: '1' });
    await registered(shrunk);
    expect((await registered(before)).encode(before, { name: 'a', size: '1' })).toEqual(bytes);
  });

  test("that drops a field which the old one needs is no fault of the values': they wait for newer code", async () => {
    const before = topicSpec(['name', 'colour']);
    const after = topicSpec(['name'], before);
    const oldCodec = await registered(before);
    const bytes = (await registered(after)).encode(after, { name: 'a' });
    const later = (): Promise<unknown> => oldCodec.decode(before, bytes);
    await expect(later()).rejects.toMatchObject({ name: 'SchemaAheadError' });
    await expect(later()).rejects.toMatchObject({ name: 'SchemaAheadError' });
  });

  test('so that old bytes could not be read is refused, and the old one stays', async () => {
    const spec = topicSpec(['name']);
    const bytes = (await registered(spec)).encode(spec, { name: 'a' });
    const broken = topicSpec(['name', 'colour'], spec);
    await expect(registered(broken)).rejects.toMatchObject({ name: 'IncompatibleSchemaError' });
    const again = await registered(spec);
    expect(again.encode(spec, { name: 'a' })).toEqual(bytes);
  });
});

test('processes that start at once register one schema', async () => {
  const spec = topicSpec(['name']);
  const codecs = await Promise.all(Array.from({ length: 8 }, () => registered(spec)));
  const encoded = codecs.map((codec) => codec.encode(spec, { name: 'a' }).toString('hex'));
  expect(new Set(encoded).size).toBe(1);
});

test('a subject that was registered without a rule gets the rule, and holds to it', async () => {
  const spec = topicSpec(['name']);
  // As left by a process that died between the two requests.
  const answer = await fetch(`${registryUrl}/subjects/${spec.subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(spec.schema) }),
  });
  expect(answer.status).toBe(200);
  await registered(spec);
  const broken = topicSpec(['name', 'colour'], spec);
  await expect(registered(broken)).rejects.toMatchObject({ name: 'IncompatibleSchemaError' });
});

describe('a schema id', () => {
  const spec = topicSpec(['name']);
  const schemaPaths = () => front.paths.filter((path) => path.startsWith('/schemas/ids/'));

  test('that many values carry is asked for once', async () => {
    const bytes = (await registered(spec)).encode(spec, { name: 'a' });
    const codec = new SchemaCodec(front.url);
    await Promise.all(Array.from({ length: 100 }, () => codec.decode(spec, bytes)));
    expect(schemaPaths()).toHaveLength(1);
  });

  test('that is known needs no promise, and what is made of the value may fail in its own way', async () => {
    const bytes = (await registered(spec)).encode(spec, { name: 'a' });
    const codec = new SchemaCodec(front.url);
    const nameOf = ({ name }: { readonly name?: string }) => name;
    const fail = () => {
      throw new RangeError('its own');
    };
    await expect(codec.decodeThen(spec, bytes, fail)).rejects.toThrow(RangeError);
    expect(codec.decodeThen(spec, bytes, nameOf)).toBe('a');
    expect(() => codec.decodeThen(spec, bytes, fail)).toThrow(RangeError);
    expect(() => codec.decodeThen(spec, bytes.subarray(0, 6), nameOf)).toThrow(UndecodableError);
    expect(schemaPaths()).toHaveLength(1);
  });

  test("that the registry does not know, while it knows others, is the value's fault, and asked for once", async () => {
    const writer = await registered(spec);
    const codec = new SchemaCodec(front.url);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => codec.decode(spec, withId(UNKNOWN_ID))),
    );
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ reason: { name: 'UnknownSchemaIdError' } });
    await expect(codec.decode(spec, withId(UNKNOWN_ID))).rejects.toMatchObject({
      name: 'UnknownSchemaIdError',
    });
    expect(schemaPaths().filter((path) => path.endsWith(`/${UNKNOWN_ID}`))).toHaveLength(1);
    expect(await codec.decode(spec, writer.encode(spec, { name: 'a' }))).toEqual({ name: 'a' });
  });

  test.each([-1, 0])('of %d is the fault of the value', async (id) => {
    const codec = await registered(spec);
    await expect(codec.decode(spec, withId(id))).rejects.toMatchObject({
      name: expect.stringMatching(/UnknownSchemaId|Undecodable/),
    });
  });
});

describe('a registry', () => {
  const spec = topicSpec(['name']);

  test.each(['empty', 'failing', 'silent'] as const)(
    'that is %s is an outage, and nothing is held against it later',
    async (mood) => {
      const bytes = (await registered(spec)).encode(spec, { name: 'a' });
      const codec = new SchemaCodec(front.url);
      front.mood = mood;
      await expect(codec.decode(spec, bytes)).rejects.toMatchObject({ name: 'RegistryUnavailableError' });
      front.mood = 'itself';
      expect(await codec.decode(spec, bytes)).toEqual({ name: 'a' });
    },
  );

  test('that lost its data after it was used is an outage', async () => {
    const codec = new SchemaCodec(front.url);
    await codec.register(spec);
    const bytes = codec.encode(spec, { name: 'a' });
    front.mood = 'empty';
    await expect(codec.decode(spec, withId(UNKNOWN_ID))).rejects.toMatchObject({
      name: 'RegistryUnavailableError',
    });
    // Cached schemas need no registry.
    const known = codec.encode(spec, { name: 'b' });
    front.mood = 'itself';
    await codec.decode(spec, bytes);
    front.mood = 'failing';
    expect(await codec.decode(spec, known)).toEqual({ name: 'b' });
  });

  test('that nobody can reach is an outage for reading and for registering', async () => {
    const codec = new SchemaCodec(front.url);
    await front.close();
    await expect(codec.register(spec)).rejects.toMatchObject({ name: 'RegistryUnavailableError' });
    await expect(codec.decode(spec, withId(1))).rejects.toMatchObject({ name: 'RegistryUnavailableError' });
  });
});
