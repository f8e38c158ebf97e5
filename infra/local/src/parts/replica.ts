import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { PartPlan } from '../part.js';
import { copyRunningServer } from './base-backup.js';
import {
  POSTGRES_PASSWORD,
  POSTGRES_USER,
  postgresServer,
  postgresUrl,
  untilUnused,
  withClient,
} from './postgres.js';
import { postgresAccount, reachableFolder } from './postgres-account.js';

export interface ReplicaOptions {
  readonly folder: string;
  readonly port: number;
  readonly primary: {
    readonly port: number;
    /** Where its data are, on this machine. */
    readonly folder: string;
  };
  /** The one in the url. */
  readonly database: string;
  readonly durable: boolean;
}

/** Keeps what the replica still lacks, up to the primary's max_slot_wal_keep_size. */
const SLOT = 'replica';

/**
 * A streaming replica of a Postgres on this machine, which has to run when it starts. It begins with a copy of the
 * primary, and with another one if it is so far behind that the primary no longer has what it lacks.
 */
export function replicaPlan({ folder, port, primary, database, durable }: ReplicaOptions): PartPlan {
  const account = postgresAccount();
  const data = reachableFolder(folder, account);
  const primaryUrl = postgresUrl(primary.port, 'postgres');
  const settings = {
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=${POSTGRES_USER} password=${POSTGRES_PASSWORD}`,
    primary_slot_name: SLOT,
    // A long read here is not ended by a clean-up there.
    hot_standby_feedback: 'on',
    wal_retrieve_retry_interval: '500ms',
  };
  return {
    ...postgresServer({ data, port, durable, account, settings }),
    name: 'replica',
    url: postgresUrl(port, database),
    async prepare() {
      await untilUnused(data);
      if (existsSync(join(data, 'PG_VERSION')) && !(await isBeyondHelp(data, primaryUrl))) return;
      const incoming = `${data}.incoming`;
      for (const left of [incoming, data]) await rm(left, { recursive: true, force: true });
      await withClient(primaryUrl, async (client) => {
        await makeSlot(client);
        await copyRunningServer({ client, from: primary.folder, to: incoming, account });
      });
      await rename(incoming, data);
    },
    async isReady() {
      await withClient(postgresUrl(port, database), (client) => client.query('SELECT 1'));
      return true;
    },
  };
}

async function makeSlot(client: Client): Promise<void> {
  await client.query(
    'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1',
    [SLOT],
  );
  // From this moment on, and not from when the replica first asks, what it will need is kept.
  await client.query('SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)', [SLOT]);
}

interface PrimaryState {
  readonly cluster: string;
  /** Null without a slot. */
  readonly kept: string | null;
}

/** Whether it can never catch up. While the primary does not answer nobody can tell, and its data are not removed. */
async function isBeyondHelp(data: string, primaryUrl: string): Promise<boolean> {
  let primary: PrimaryState | undefined;
  try {
    primary = await withClient(primaryUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT system_identifier::text AS cluster,
           (SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1) AS kept
         FROM pg_control_system()`,
        [SLOT],
      );
      return rows[0];
    });
  } catch {
    return false;
  }
  if (primary === undefined) return false;
  const isOfAnother = primary.cluster !== (await clusterOf(data));
  return isOfAnother || primary.kept === null || primary.kept === 'lost';
}

/** The system identifier: the first eight bytes of pg_control, in the byte order of the machine. */
async function clusterOf(data: string): Promise<string> {
  const file = await open(join(data, 'global', 'pg_control'));
  try {
    const identifier = new BigUint64Array(1);
    await file.read(new Uint8Array(identifier.buffer), 0, 8, 0);
    return String(identifier[0]);
  } finally {
    await file.close();
  }
}
