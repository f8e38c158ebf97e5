import { existsSync } from 'node:fs';
import { PROGRAM_MS_MAX, runNodeProgram } from '../node-program.js';
import { Part, type PartPlan } from '../part.js';
import { createDatabase, withClient } from '../parts/postgres.js';
import { identityOf } from '../process-identity.js';
import { GIVEN, type ReplaceablePart } from '../settings.js';
import { usedPorts } from '../used-ports.js';
import { boundLog } from './bounded-logs.js';
import { REGISTRY_DATABASE, type StackParts } from './plan-parts.js';
import {
  type PartStatus,
  type StackFiles,
  type StackPhase,
  type StackPlan,
  type StackState,
  writeJson,
} from './state.js';
import { SupervisedPart } from './supervised-part.js';

type RealPart = 'postgres' | 'replica' | 'kafka' | 'redis' | 'registry' | 'simulator';

const LOOK_AT_LOGS_EVERY_MS = 5000;
const PROBE_EVERY_MS = 5000;

/** Owns every process of the stack: starts them in order, keeps them running, ends them in order. */
export class Supervisor {
  readonly #files: StackFiles;
  readonly #plan: StackPlan;
  readonly #say: (line: string) => void;
  readonly #parts: Record<RealPart, SupervisedPart | undefined>;
  readonly #services: readonly SupervisedPart[];
  readonly #makeTables: string | undefined;
  readonly #makeTopics: string | undefined;
  /** What is done besides starting parts; nobody else sees that it goes on. */
  readonly #underWay = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #timers: readonly NodeJS.Timeout[];
  #phase: StackPhase = 'starting';
  #message: string | undefined;
  #stopped: Promise<void> | undefined;

  constructor(files: StackFiles, plan: StackPlan, parts: StackParts, say: (line: string) => void) {
    this.#files = files;
    this.#plan = plan;
    this.#say = say;
    this.#makeTables = parts.makeTables;
    this.#makeTopics = parts.makeTopics;
    const supervise = (part: PartPlan | undefined) => part && this.#supervise(part);
    this.#parts = {
      postgres: supervise(parts.postgres),
      replica: supervise(parts.replica),
      kafka: supervise(parts.kafka),
      redis: supervise(parts.redis),
      registry: supervise(parts.registry),
      simulator: supervise(parts.simulator),
    };
    this.#services = parts.services.map((part) => this.#supervise(part));
    this.#timers = [
      setInterval(() => this.#boundLogs(), LOOK_AT_LOGS_EVERY_MS).unref(),
      setInterval(() => this.#probe(), PROBE_EVERY_MS).unref(),
    ];
  }

  /** Resolves when everything answers. On failure everything is stopped again, and the state says why. */
  async start(): Promise<void> {
    try {
      await this.#startAll();
      if (this.#stopped === undefined) this.#enter('ready');
    } catch (error) {
      if (this.#stopped !== undefined) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#say(error instanceof Error ? (error.stack ?? message) : message);
      await this.stop([...(await this.#portsOfOthers()), message].join('\n'));
    }
  }

  /** True once everything was stopped, whatever the reason. */
  get hasEnded(): boolean {
    return this.#phase === 'stopped' || this.#phase === 'failed';
  }

  /** Ends everything, what depends on others first. With a reason, the stack counts as failed. */
  stop(reason?: string): Promise<void> {
    this.#stopped ??= this.#stopAll(reason);
    return this.#stopped;
  }

  async #startAll(): Promise<void> {
    const { postgres, replica, kafka, redis, registry, simulator } = this.#parts;
    const databaseUp = postgres?.start() ?? this.#makeRegistryDatabase();
    const brokerUp = kafka?.start() ?? Promise.resolve();
    const redisUp = redis?.start() ?? Promise.resolve();
    const simulatorUp = simulator?.start() ?? Promise.resolve();
    const replicaUp = databaseUp.then(() => replica?.start());
    const registryUp = databaseUp.then(() => registry?.start());
    const tables = databaseUp.then(() => this.#setUp(this.#makeTables, 'making the tables', ['postgres']));
    const topics = Promise.all([brokerUp, registryUp]).then(() =>
      this.#setUp(this.#makeTopics, 'making topics and registering schemas', ['kafka', 'registry']),
    );
    await Promise.all([tables, topics, redisUp, replicaUp, simulatorUp]);
    await Promise.all(this.#services.map((service) => service.start()));
  }

  async #stopAll(reason: string | undefined): Promise<void> {
    this.#enter('stopping', reason);
    this.#stopping.abort();
    const { postgres, replica, kafka, redis, registry, simulator } = this.#parts;
    for (const parts of [this.#services, [simulator, registry], [kafka, redis, replica], [postgres]]) {
      await Promise.all(parts.map((part) => part?.stop()));
    }
    for (const timer of this.#timers) clearInterval(timer);
    this.#enter(reason === undefined ? 'stopped' : 'failed', reason);
  }

  /** Somebody may have begun to listen on a port of ours since `make up` looked. */
  #portsOfOthers(): Promise<string[]> {
    const waitFor = new Set(
      this.#all().flatMap(({ status }) => (status.pid === undefined ? status.name : [])),
    );
    return usedPorts(this.#plan.settings, (part) => !waitFor.has(part));
  }

  /** A registry of ours beside a database of somebody else. */
  async #makeRegistryDatabase(): Promise<void> {
    const url = this.#plan.settings.given.postgres;
    if (url === undefined || this.#parts.registry === undefined) return;
    try {
      await withClient(url, (client) => createDatabase(client, REGISTRY_DATABASE));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `cannot make the registry's database ${REGISTRY_DATABASE} where DATABASE_URL points (${why}): ` +
          'check that it runs and lets you, create the database there, or set SCHEMA_REGISTRY_URL',
      );
    }
  }

  #supervise(plan: PartPlan): SupervisedPart {
    const { logs, pids } = this.#files;
    const part = new Part(plan, { logs, pids, onParentDeath: 'stop' });
    return new SupervisedPart(part, () => this.#tell(), this.#say);
  }

  #all(): SupervisedPart[] {
    return [...Object.values(this.#parts), ...this.#services].filter((part) => part !== undefined);
  }

  #enter(phase: StackPhase, message?: string): void {
    this.#phase = phase;
    this.#message = message;
    this.#tell();
  }

  #tell(): void {
    const supervisor = identityOf(process.pid);
    if (supervisor === undefined) return;
    const parts = [...this.#all().map(({ status }) => status), ...this.#givenParts()];
    const message = this.#message ?? ([...this.#underWay].join('; ') || undefined);
    const state: StackState = { supervisor, phase: this.#phase, message, parts };
    writeJson(this.#files.state, state);
  }

  #givenParts(): PartStatus[] {
    const none = { port: undefined, pid: undefined, startedAt: undefined, restarts: 0 };
    return Object.entries(this.#plan.settings.given).map(([name, address]) => ({
      name: name as ReplaceablePart,
      state: 'external' as const,
      ...none,
      detail: withoutCredentials(address),
    }));
  }

  #probe(): void {
    for (const part of this.#all()) void part.probe();
  }

  #boundLogs(): void {
    for (const part of this.#all()) boundLog(part.logFile);
  }

  async #setUp(file: string | undefined, what: string, uses: readonly ReplaceablePart[]): Promise<void> {
    if (file === undefined) return;
    if (!existsSync(file)) return this.#say(`${file} does not exist: skipped ${what}`);
    const { environment } = this.#plan;
    const where = uses.map((part) => `${GIVEN[part]}=${withoutCredentials(environment[GIVEN[part]] ?? '')}`);
    const told = `${what} with ${where.join(' and ')}, for at most ${PROGRAM_MS_MAX / 1000} s`;
    this.#underWay.add(told);
    this.#tell();
    try {
      this.#say((await runNodeProgram(file, environment, what, this.#stopping.signal)).trimEnd());
    } finally {
      this.#underWay.delete(told);
      this.#tell();
    }
  }
}

function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//');
}
