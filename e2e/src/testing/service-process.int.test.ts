import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { boundToParent, childEnvironment, sharedStack, until } from '@payments/local/testing';

const OWNER = fileURLToPath(new URL('./service-owner.js', import.meta.url));

test('a service ends with the process that started it, even if that is killed', async () => {
  const { databaseUrl, redisUrl } = sharedStack();
  const { file, args } = boundToParent({ file: process.execPath, args: [OWNER, 'query'] }, 'SIGKILL');
  const owner = spawn(file, args, {
    env: childEnvironment({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(owner.stdout, 'data');
  const answers = () =>
    fetch(`${url}/health/live`).then(
      () => true,
      () => false,
    );
  expect(await answers()).toBe(true);
  owner.kill('SIGKILL');
  await until(async () => !(await answers()), { what: 'the service to end' });
}, 60_000);
