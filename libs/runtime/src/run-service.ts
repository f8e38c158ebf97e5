import { ConfigError, readConfig } from './config.js';
import { Health } from './health.js';
import { createLogger, type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { processEnv } from './process-env.js';
import { serviceSettings } from './setting-groups.js';
import type { ConfigOf, Settings } from './settings.js';
import { Shutdown, type ShutdownStep } from './shutdown.js';
import { startTracing } from './tracing.js';

/** What a service receives at its start. */
export interface ServiceRuntime<Config> {
  readonly name: string;
  readonly config: Config;
  /** Aborts when the process is asked to stop, or has to. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** Adds a shutdown step; steps run in sequence, last one first. */
  onShutdown(name: string, step: ShutdownStep): void;
  /** Begins an orderly shutdown that ends with exit code 1. */
  fail(error: unknown): void;
}

type ServiceConfig<S> = ConfigOf<Omit<typeof serviceSettings, keyof S> & S>;

const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 2;

/**
 * Runs a service until SIGTERM, SIGINT or a fatal error, shuts it down in order, and exits the process: 0 when asked
 * to stop, 1 after an error or beyond SHUTDOWN_DEADLINE_MS, 2 if the configuration is invalid.
 *
 * @param settings of the service; those of every service are added
 * @param start resolves when the service is running. A ConfigError it throws is reported like an invalid setting.
 */
export async function runService<const S extends Settings>(
  name: string,
  settings: S,
  start: (runtime: ServiceRuntime<ServiceConfig<S>>) => Promise<void>,
): Promise<void> {
  let config: ServiceConfig<S>;
  try {
    config = readConfig({ ...serviceSettings, ...settings }, processEnv()) as ServiceConfig<S>;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return exitMisconfigured(name, error);
  }
  // The settings of every service are present whatever `S` adds, which the compiler cannot infer.
  const common = config as ConfigOf<typeof serviceSettings>;
  const logger = createLogger({ service: name, level: common.LOG_LEVEL });
  const shutdown = new Shutdown({ logger, deadlineMs: common.SHUTDOWN_DEADLINE_MS });
  const health = new Health();
  let isStarted = false;
  health.register('start', () => (isStarted ? undefined : 'starting'));
  health.register('shutdown', () => (shutdown.signal.aborted ? 'shutting down' : undefined));
  const runtime: ServiceRuntime<ServiceConfig<S>> = {
    name,
    config,
    signal: shutdown.signal,
    logger,
    metrics: new Metrics(),
    health,
    onShutdown: (step, fn) => shutdown.add(step, fn),
    fail: (error) => {
      logger.fatal({ err: error }, 'the service cannot go on');
      shutdown.begin(EXIT_FAILED);
    },
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      logger.info({ signal }, 'asked to stop');
      shutdown.begin(0);
    });
  }
  process.on('uncaughtException', (error) => runtime.fail(error));
  process.on('unhandledRejection', (reason) => runtime.fail(reason));

  const starting = startWithTracing(runtime, common.OTEL_EXPORTER_OTLP_ENDPOINT, start);
  starting.then(
    () => {
      isStarted = true;
      if (!shutdown.signal.aborted) logger.info('started');
    },
    (error: unknown) => startFailed(error, runtime, shutdown),
  );
  process.exit(await shutdown.finished(starting));
}

async function startWithTracing<Config>(
  runtime: ServiceRuntime<Config>,
  endpoint: string | undefined,
  start: (runtime: ServiceRuntime<Config>) => Promise<void>,
): Promise<void> {
  const tracing = await startTracing({ service: runtime.name, endpoint });
  runtime.onShutdown('tracing', async () => {
    try {
      await tracing.close();
    } catch (error) {
      runtime.logger.warn({ err: error }, 'the last spans were not sent');
    }
  });
  await start(runtime);
}

function startFailed(error: unknown, runtime: ServiceRuntime<unknown>, shutdown: Shutdown): void {
  if (error instanceof ConfigError) {
    writeConfigError(runtime.name, error);
    shutdown.begin(EXIT_MISCONFIGURED);
  } else if (runtime.signal.aborted) {
    runtime.logger.info({ err: error }, 'stopped while starting');
  } else {
    runtime.logger.fatal({ err: error }, 'the service did not start');
    shutdown.begin(EXIT_FAILED);
  }
}

function exitMisconfigured(name: string, error: ConfigError): never {
  writeConfigError(name, error);
  process.exit(EXIT_MISCONFIGURED);
}

function writeConfigError(name: string, error: ConfigError): void {
  process.stderr.write(`${name}: ${error.message}\nEvery setting is described in docs/configuration.md.\n`);
}
