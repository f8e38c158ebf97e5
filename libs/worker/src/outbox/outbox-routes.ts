import { TOPICS } from '@payments/contracts';
import { commandOutcomesRoute, gatewayCommandsRoute } from './command-routes.js';
import { intentEventsRoute } from './intent-events-route.js';
import type { OutboxRoute } from './outbox-route.js';

/**
 * Every topic that the outbox carries. Relays of all services share its shards, whatever their services write: each
 * of them has to send all of it, or rows would wait in the shards of those that do not.
 */
export function outboxRoutes(): OutboxRoute[] {
  return [
    intentEventsRoute(),
    commandOutcomesRoute(),
    gatewayCommandsRoute(TOPICS.stripeCommands),
    gatewayCommandsRoute(TOPICS.paypalCommands),
    gatewayCommandsRoute(TOPICS.razorpayCommands),
  ] as OutboxRoute[];
}
