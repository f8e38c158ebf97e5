import { TOPICS } from '@payments/contracts';
import { isGatewayProvider } from '@payments/domain';
import { type Database, insertAttempts } from '@payments/persistence';
import { gatewayCommandsRoute } from '@payments/worker';
import { readGatewayCommand } from '../read-gateway-command.js';

const TAKE = `
WITH taken AS (DELETE FROM outbox WHERE topic LIKE 'payment.gateway.commands.%' RETURNING id, key, payload)
SELECT key, payload FROM taken ORDER BY id`;

/** Relay, Kafka and consumer in one: turns the commands for gateways into attempts, in order. */
export async function deliverCalls(database: Database): Promise<void> {
  await database.transaction(async (em) => {
    const rows: Row[] = await em.query(TAKE);
    await insertAttempts(em, rows.map(attemptOf));
  });
}

interface Row {
  readonly key: string;
  readonly payload: Record<string, unknown>;
}

function attemptOf({ key, payload }: Row) {
  const route = gatewayCommandsRoute(TOPICS.stripeCommands);
  const command = route.toValue({ key, payload, version: 1n });
  if (!isGatewayProvider(command.gatewayProvider)) throw new Error(`no gateway ${command.gatewayProvider}`);
  return readGatewayCommand(command, command.gatewayProvider);
}
