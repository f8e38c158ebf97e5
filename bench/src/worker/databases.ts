import { setTimeout } from 'node:timers/promises';
import { createPayments, openDatabase } from '@payments/persistence';
import type { PaymentEnd } from '@payments/simulator';
import type { Workload } from './workload.js';

const SEEDED_AT_ONCE = 1_000;
const STORED_TIMEOUT_MS = 300_000;
const COUNTED_EVERY_MS_MIN = 300;
const COUNTED_EVERY_MS_MAX = 1_500;

/** Databases of one server, each created for one measurement. */
export class Databases {
  readonly #server: URL;

  /** @param migratedUrl a database with all tables and no rows, from which the others are copied */
  constructor(migratedUrl: string) {
    this.#server = new URL(migratedUrl);
  }

  /** A database without tables. */
  async createEmpty(name: string): Promise<string> {
    await this.#asAdmin(`CREATE DATABASE ${name}`);
    return this.#urlOf(name);
  }

  /** A role that a peer's migrations expect. */
  async createRole(name: string): Promise<void> {
    await this.#asAdmin(`CREATE ROLE ${name}`);
  }

  /** A database with the payments of `workload`. */
  async createSeeded(name: string, { payments }: Pick<Workload, 'payments'>): Promise<string> {
    await this.#asAdmin(`CREATE DATABASE ${name} TEMPLATE ${this.#server.pathname.slice(1)}`);
    const database = await openDatabase({ url: this.#urlOf(name), poolSize: 1, applicationName: 'bench' });
    for (let from = 0; from < payments.length; from += SEEDED_AT_ONCE) {
      const rows = payments.slice(from, from + SEEDED_AT_ONCE);
      const creations = await database.transaction((em) => createPayments(em, rows));
      if (creations.some(({ outcome }) => outcome !== 'created'))
        throw new Error('a payment was not created');
    }
    await database.primary.query('ANALYZE');
    await database.close();
    return this.#urlOf(name);
  }

  /** A copy of a database without connections. */
  async copy(name: string, from: string): Promise<string> {
    await this.#asAdmin(
      `CREATE DATABASE ${name} TEMPLATE ${new URL(from).pathname.slice(1)} STRATEGY file_copy`,
    );
    return this.#urlOf(name);
  }

  async drop(url: string): Promise<void> {
    await this.#asAdmin(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
  }

  /** Writes all dirty pages, so that the next measurement does not pay for the last one. */
  async settle(): Promise<void> {
    await this.#asAdmin('CHECKPOINT');
  }

  /** Makes the server record commit timestamps, from its next start on. */
  async keepCommitTimes(): Promise<void> {
    await this.#asAdmin('ALTER SYSTEM SET track_commit_timestamp = on');
  }

  async #asAdmin(sql: string): Promise<void> {
    const admin = await openDatabase({
      url: this.#urlOf('postgres'),
      poolSize: 1,
      applicationName: 'bench',
      timeouts: { statementMs: 60_000 },
    });
    try {
      await admin.primary.query(sql);
    } finally {
      await admin.close();
    }
  }

  #urlOf(name: string): string {
    const url = new URL(this.#server);
    url.pathname = `/${name}`;
    return url.href;
  }
}

/** Number of intents whose status or sums differ from the expected ones. */
export async function countWrongPayments(
  url: string,
  ends: ReadonlyMap<string, PaymentEnd>,
): Promise<number> {
  const rows = await queryOnce<LedgerRow>(
    url,
    `SELECT order_id, status, amount_authorized, amount_captured, amount_refunded, amount_refund_pending,
      amount_disputed FROM payment_intents`,
  );
  return rows.filter((row) => {
    const end = ends.get(row.order_id);
    return (
      end === undefined ||
      row.status !== end.status ||
      BigInt(row.amount_authorized) !== end.amountAuthorized ||
      BigInt(row.amount_captured) !== end.amountCaptured ||
      BigInt(row.amount_refunded) !== end.amountRefunded ||
      BigInt(row.amount_refund_pending) !== end.amountRefundPending ||
      BigInt(row.amount_disputed) !== end.amountDisputed
    );
  }).length;
}

interface LedgerRow {
  readonly order_id: string;
  readonly status: string;
  readonly amount_authorized: string;
  readonly amount_captured: string;
  readonly amount_refunded: string;
  readonly amount_refund_pending: string;
  readonly amount_disputed: string;
}

/** Runs one statement on a connection of its own. */
export async function queryOnce<Row>(url: string, sql: string): Promise<Row[]> {
  const database = await openDatabase({ url, poolSize: 1, applicationName: 'bench' });
  try {
    return await database.primary.query(sql);
  } finally {
    await database.close();
  }
}

/** Waits until a table has at least `count` rows. */
export async function storedRows(
  url: string,
  table: 'payment_webhooks' | 'commands',
  count: number,
): Promise<void> {
  const database = await openDatabase({ url, poolSize: 1, applicationName: 'bench' });
  try {
    const startedAt = performance.now();
    for (;;) {
      const [{ stored }] = await database.primary.query(`SELECT count(*)::int AS stored FROM ${table}`);
      if (stored >= count) return;
      const ms = performance.now() - startedAt;
      if (ms > STORED_TIMEOUT_MS) throw new Error(`${table} has ${stored} rows of ${count} after ${ms} ms`);
      // Rarely, because counting takes CPU time from the measured system.
      const msLeft = (ms * (count - stored)) / Math.max(stored, 1);
      await setTimeout(Math.min(Math.max(msLeft / 2, COUNTED_EVERY_MS_MIN), COUNTED_EVERY_MS_MAX));
    }
  } finally {
    await database.close();
  }
}
