import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { endOf } from '../database.js';
import { databaseErrorOf } from '../database-error.js';

/** A statement that each connection plans once, under its name: planning over all partitions costs more than reading. */
export interface ReadStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs one statement outside of a transaction.
 *
 * @throws the error of Postgres, or of the way to it (see `databaseErrorOf`)
 */
export async function readRows<Row>(
  source: Pick<DataSource, 'createQueryRunner'>,
  { name, text }: ReadStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  const runner = source.createQueryRunner();
  let client: PoolClient | undefined;
  try {
    client = (await runner.connect()) as PoolClient;
    // Not through TypeORM, which has no named statements.
    const { rows } = await client.query<Row & object>({ name, text, values: [...values] });
    return rows;
  } catch (error) {
    // Its answer may still come: nobody is to take it for theirs.
    if (client !== undefined && databaseErrorOf(error)?.kind === 'unavailable') endOf(client);
    throw error;
  } finally {
    await runner.release();
  }
}
