import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** A statement that each connection plans once, under its name: planning over all partitions costs more than reading. */
export interface ReadStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs one statement outside of a transaction. A connection on which it fails is not used again: an answer that
 * comes late would be taken for somebody else's.
 *
 * @throws the error of Postgres, or of the way to it (see `databaseErrorOf`)
 */
export async function readRows<Row>(
  { driver }: Pick<DataSource, 'driver'>,
  { name, text }: ReadStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  // Not through TypeORM, which has no named statements; its own pool, all the same.
  const { master } = driver as unknown as { readonly master: Pool };
  const { rows } = await master.query<Row & object>({ name, text, values: [...values] });
  return rows;
}
