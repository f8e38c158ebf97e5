import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function generate(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [join(PACKAGE, 'scripts/generate.js'), ...args], { encoding: 'utf8' });
}

test('the generated types are what the schemas give', () => {
  expect(generate('--check')).toMatchObject({ status: 0, stderr: '' });
});

test('a schema that changed without its types is noticed', () => {
  cpSync(join(PACKAGE, 'schemas'), join(folder, 'schemas'), { recursive: true });
  cpSync(join(PACKAGE, 'src/generated'), join(folder, 'generated'), { recursive: true });
  const file = join(folder, 'schemas/webhook-received.avsc');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"sealedBody"', '"body"'));
  const { status, stderr } = generate('--check', join(folder, 'schemas'), join(folder, 'generated'));
  expect(status).toBe(1);
  expect(stderr).toContain('webhook-received.ts is not what the schemas give');
});

test('types of every kind that Avro has are written', () => {
  const schema = {
    type: 'record',
    name: 'a.b.Order',
    fields: [
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['OPEN', 'DONE'] } },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'meta', type: { type: 'map', values: 'long' } },
      { name: 'before', type: ['null', 'State'] },
    ],
  };
  const [schemas, output] = [join(folder, 'more'), join(folder, 'out')];
  cpSync(join(PACKAGE, 'schemas'), schemas, { recursive: true });
  writeFileSync(join(schemas, 'order.avsc'), JSON.stringify(schema));
  expect(generate(schemas, output).status).toBe(0);
  const written = readFileSync(join(output, 'order.ts'), 'utf8');
  expect(written).toContain("export type State = 'OPEN' | 'DONE';");
  expect(written).toContain('note: null | string;');
  expect(written).toContain('tags: readonly (string)[];');
  expect(written).toContain('meta: Readonly<Record<string, number>>;');
  expect(written).toContain('before: null | State;');
  expect(written).toContain('export const orderSchema');
});
