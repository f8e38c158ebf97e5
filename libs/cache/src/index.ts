export { type Cache, type CacheEntry, type CacheOptions, createCache } from './cache.js';
export { type Claims, claims } from './claims.js';
export { forgetGatewayConfig } from './gateway-configs/gateway-config-key.js';
export { type ReadStoredConfig, readCachedGatewayConfig } from './gateway-configs/read-gateway-config.js';
export {
  type GatewayConfigWatch,
  type GatewayConfigWatchOptions,
  watchGatewayConfigs,
} from './gateway-configs/watch-gateway-configs.js';
export {
  type CachedPayment,
  customerPaymentsKey,
  forgetPayments,
  keysOfPayments,
  orderPaymentsKey,
  PAYMENT_TTL_S,
  paymentIntentKey,
} from './payment-keys.js';
export { type CachedKey, type Found, offerNewer, type ReadCache, readThrough } from './read-through.js';
export { type Admission, type SlidingLimit, slidingLimit } from './sliding-limit.js';
export { type Look, MARK_TTL_S, type Ticket, type Versioned } from './versioned.js';
export { type WebhookMarks, webhookMarks } from './webhook-marks.js';
