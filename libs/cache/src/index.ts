export { type Cache, createCache } from './cache.js';
export { type Claims, claims } from './claims.js';
export { forgetGatewayConfig } from './gateway-configs/gateway-config-key.js';
export { readCachedGatewayConfig } from './gateway-configs/read-gateway-config.js';
export { watchGatewayConfigs } from './gateway-configs/watch-gateway-configs.js';
export {
  type CachedPayment,
  customerPaymentsKey,
  forgetPayments,
  keysOfPayments,
  orderPaymentsKey,
  PAYMENT_TTL_S,
  paymentIntentKey,
} from './payment-keys.js';
export { type Found, offerNewer, type ReadCache, readThrough } from './read-through.js';
export { type SlidingLimit, slidingLimit } from './sliding-limit.js';
export type { Versioned } from './versioned.js';
export { type WebhookMarks, webhookMarks } from './webhook-marks.js';
