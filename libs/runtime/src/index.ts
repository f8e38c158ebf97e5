export { type AdminHandler, adminHandler, serveAdmin } from './admin.js';
export { API_SCOPES, type ApiKey, type ApiScope, hashOfApiKey } from './api-keys.js';
export { ApiKeysFile } from './api-keys-file.js';
export { authorize, requireScope } from './authorize.js';
export { CARD_NUMBER_PROBLEM, problemsOfBody } from './body-problems.js';
export { containsCardNumber, redactCardNumbers } from './card-numbers.js';
export { ConfigError, type Env, readConfig } from './config.js';
export { describeSettings, type SettingsGroup } from './describe-settings.js';
export { Health } from './health.js';
export { closeServer, createHttpServer, listen } from './http-server.js';
export { type KafkaOptions, kafkaOptions } from './kafka-options.js';
export { createLogger, type Logger } from './logger.js';
export { Metrics } from './metrics.js';
export { nodeProblem } from './node-version.js';
export { documentHandler } from './openapi/document-handler.js';
export { jsonSchemasOf } from './openapi/json-schemas.js';
export { openApi } from './openapi/open-api.js';
export { jsonResponse, problemResponse, RETRY_AFTER, schemaRef } from './openapi/responses.js';
export {
  BAD_REQUEST,
  type FieldProblem,
  type Problem,
  ProblemError,
  refuse,
  sendProblem,
  sendProblemAndClose,
  sendProblemTo,
  unavailable,
} from './problem.js';
export { processEnv } from './process-env.js';
export { repeat } from './repeat.js';
export { runService, type ServiceRuntime } from './run-service.js';
export {
  apiKeySettings,
  kafkaSettings,
  postgresSettings,
  redisSettings,
  serviceSettings,
} from './setting-groups.js';
export { type ConfigOf, type Setting, type Settings, setting } from './settings.js';
export type { ShutdownStep } from './shutdown.js';
export { type Backoff, retryDelayMs, sleep } from './timing.js';
export { injectTraceHeaders, inSpanFromHeaders, SpanKind, startTracing, traceOf } from './tracing.js';
