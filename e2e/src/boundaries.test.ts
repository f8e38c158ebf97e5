import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const TOOL = fileURLToPath(new URL('../../tools/check-boundaries.js', import.meta.url));

/** A library that only one package may import. */
const KEPT = 'kafkajs';

function check(...root: string[]) {
  return spawnSync(process.execPath, [TOOL, ...root], { encoding: 'utf8' });
}

test('packages depend on what they may, and on nothing else', () => {
  expect(check()).toMatchObject({ stderr: '', status: 0 });
});

test('a package that depends on what it may not is named', async () => {
  const root = await mkdtemp(join(tmpdir(), 'boundaries-'));
  const files = {
    'package.json': JSON.stringify({ workspaces: ['libs/*'] }),
    'tsconfig.json': JSON.stringify({ references: [{ path: 'libs/domain' }] }),
    'libs/domain/package.json': JSON.stringify({
      name: '@payments/domain',
      dependencies: { '@payments/runtime': '0.1.0' },
    }),
    'libs/domain/tsconfig.json': JSON.stringify({ references: [{ path: '../runtime' }] }),
    'libs/domain/src/index.ts': `import '${KEPT}';\n`,
  };
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    const { status, stderr } = check(root);
    expect(stderr.trim().split('\n')).toEqual([
      'libs/domain must not depend on @payments/runtime',
      `libs/domain/src/index.ts imports ${KEPT}: only libs/messaging, bench may`,
    ]);
    expect(status).toBe(1);
  } finally {
    await rm(root, { recursive: true });
  }
});
