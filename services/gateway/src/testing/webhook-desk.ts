import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GATEWAY_PROVIDERS, isGatewayProvider } from '@payments/domain';
import { readWebhook } from '@payments/gateways';
import { applyToPayments, type Database } from '@payments/persistence';
import type { Simulator } from '@payments/simulator';
import { commit } from '../attempts/commit.js';

export interface WebhookDesk {
  /** Held back until released; the simulator waits for its response. */
  hold(): void;
  letGo(): void;
  close(): Promise<void>;
}

/**
 * Ingress and webhook worker in one: applies the simulator's webhooks with the same code, without sealing, Kafka and
 * rows. A webhook without a matching payment is rejected, and sent again.
 */
export async function openWebhookDesk(simulator: Simulator, database: Database): Promise<WebhookDesk> {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const server = createServer((request, response) => {
    void receive(request, database, gate.promise).then((status) => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const provider of GATEWAY_PROVIDERS) {
    simulator.webhooks.setTarget(provider, { url: `http://127.0.0.1:${port}/${provider}`, sign: () => ({}) });
  }
  return {
    hold: () => {
      gate = Promise.withResolvers();
    },
    letGo: () => gate.resolve(),
    close: async () => {
      for (const provider of GATEWAY_PROVIDERS) simulator.webhooks.setTarget(provider, undefined);
      gate.resolve();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(request: IncomingMessage, database: Database, gate: Promise<void>): Promise<number> {
  const provider = request.url?.slice(1) ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  await gate;
  if (!isGatewayProvider(provider)) return 404;
  const { facts, objectIds, intentId = null } = readWebhook(provider, Buffer.concat(chunks));
  if (facts.length === 0) return 200;
  const report = { source: 'gateway' as const, provider, objectIds, intentId, facts };
  try {
    const { verdicts } = await commit(database, (em) => applyToPayments(em, [report]));
    return verdicts[0]?.status === 'UNMATCHED' ? 503 : 200;
  } catch {
    return 503;
  }
}
