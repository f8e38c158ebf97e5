export { GATEWAY_PROVIDERS, type GatewayProvider, isGatewayProvider } from './gateway-provider.js';
export { uuidv7, uuidv7Time } from './ids.js';
export {
  INTENT_STATUSES,
  type IntentStatus,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
  type TransactionStatus,
  type TransactionType,
  WEBHOOK_STATUSES,
  type WebhookStatus,
} from './statuses.js';
