import { TOPICS } from '@payments/contracts';
import { commandOutcomesRoute, gatewayCommandsRoute } from './command-routes.js';
import { intentEventsRoute } from './intent-events-route.js';
import type { OutboxRoute } from './outbox-route.js';

/**
 * All topics of the outbox. Relays of all services share its shards: each must be able to publish every topic, or
 * rows would be stuck in the shards of those that cannot.
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
