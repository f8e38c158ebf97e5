import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePorts } from './ports.js';
import { PORTS, readStackSettings } from './settings.js';
import { usedPorts } from './used-ports.js';

test.each([
  ['SIMULATOR_STRIPE_PORT', 'simulator'],
  ['GATEWAY_PAYPAL_PORT', 'gateway-paypal'],
  ['KAFKA_CONTROLLER_PORT', 'kafka'],
])('a used %s is named as that of %s, unless that listens there itself', async (variable, part) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // A local stack may be using the standard ports.
  const others = await freePorts(Object.keys(PORTS).length);
  const free = Object.values(PORTS).map((one): [string, string] => [one.variable, String(others.pop())]);
  const settings = readStackSettings({ ...Object.fromEntries(free), [variable]: String(port) });
  const isOther = (name: string): boolean => name !== part;
  try {
    expect(await usedPorts(settings, isOther)).toEqual([
      expect.stringContaining(`port ${port}, wanted for ${part}, is used by`),
    ]);
    expect(await usedPorts(settings, () => true)).toEqual([]);
  } finally {
    server.close();
  }
});
