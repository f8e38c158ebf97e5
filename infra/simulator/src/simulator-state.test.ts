import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openSimulatorState, readPayPalSigner } from './simulator-state.js';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'simulator-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

const open = (more: { nowMs?: number; certPort?: number; publicHost?: string } = {}) =>
  openSimulatorState({ stateDir, publicHost: 'localhost', certPort: 8091, ...more });

describe("the simulator's certificates", () => {
  test('are the same at the next start, under the port of that start', async () => {
    const first = await open();
    const second = await open({ certPort: 9091 });
    expect(second).toEqual({
      ...first,
      certificateUrl: `https://localhost:9091/v1/notifications/certs/${first.certificateId}`,
    });
  });

  test('are made anew when they are about to expire, when a file is broken, or for another host', async () => {
    const first = await open();
    const renewed = await open({ nowMs: Date.now() + 391 * 24 * 60 * 60 * 1000 });
    expect(renewed.caPem).not.toBe(first.caPem);
    await writeFile(join(stateDir, 'ca.pem'), 'nonsense');
    const mended = await open();
    expect(
      new X509Certificate(mended.server.certificatePem).verify(new X509Certificate(mended.caPem).publicKey),
    ).toBe(true);
    const moved = await open({ publicHost: 'simulator' });
    expect(new X509Certificate(moved.server.certificatePem).checkHost('simulator')).toBe('simulator');
  });

  test('leave keys readable by their owner alone', async () => {
    await open();
    for (const file of ['paypal-signing-key.pem', 'server-key.pem']) {
      expect((await stat(join(stateDir, file))).mode & 0o777).toBe(0o600);
    }
  });

  test('let another process sign', async () => {
    const { certificateUrl } = await open();
    const headers = (await readPayPalSigner(stateDir)).sign(Buffer.from('{}'), { webhookId: 'WH-1' });
    expect(headers['paypal-cert-url']).toBe(certificateUrl);
  });
});
