export type { GatewayClientSettings } from './client/client-settings.js';
export { createGatewayClient } from './client/create-gateway-client.js';
export type { GatewayAnswer, GatewayClient } from './client/gateway-client.js';
export { GatewayError } from './client/gateway-error.js';
export { readWebhook } from './read-webhook.js';
export {
  BREAKER_GROUPS,
  type BreakerChange,
  type BreakerGroup,
  type BreakerListener,
  type BreakerState,
  type GuardedClient,
  withBreakers,
} from './resilience/breakers.js';
export { RateLimit } from './resilience/rate-limit.js';
export { createWebhookVerifiers } from './verifiers.js';
export type { VerifiedWebhook, WebhookReading, WebhookVerifier } from './webhook.js';
export { WebhookError } from './webhook-error.js';
