import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** A named statement, which each connection plans once: planning over all partitions costs more than reading. */
export interface ReadStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs one statement outside of a transaction. A connection on which it fails is discarded: a late answer would be
 * taken for that of a later statement.
 *
 * @throws the error of Postgres, or of the connection (see `databaseErrorOf`)
 */
export async function readRows<Row>(
  { driver }: Pick<DataSource, 'driver'>,
  { name, text }: ReadStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  // Bypasses TypeORM, which has no named statements, but uses its pool.
  const { master } = driver as unknown as { readonly master: Pool };
  const { rows } = await master.query<Row & object>({ name, text, values: [...values] });
  return rows;
}
