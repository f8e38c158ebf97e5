import type { EntityManager } from 'typeorm';
import { CopyData } from './copy-data.js';

/** A COPY into one table: Postgres plans nothing, and writes a page of rows at once. */
export interface Copy<Row> {
  readonly sql: string;
  readonly columns: readonly ((to: CopyData, row: Row) => void)[];
}

/** @param columns how each column's value is written, by the name of the column */
export function copyInto<Row>(
  table: string,
  columns: Readonly<Record<string, (to: CopyData, row: Row) => void>>,
): Copy<Row> {
  const sql = `COPY ${table} (${Object.keys(columns).join(', ')}) FROM STDIN (FORMAT binary)`;
  return { sql, columns: Object.values(columns) };
}

/**
 * Inserts rows. A unique key that exists already fails all of them (23505).
 *
 * @param em of a transaction
 */
export async function copyRows<Row>(
  em: Pick<EntityManager, 'query'>,
  { sql, columns }: Copy<Row>,
  rows: readonly Row[],
): Promise<void> {
  const data = new CopyData();
  for (const row of rows) {
    data.beginRow(columns.length);
    for (const write of columns) write(data, row);
  }
  await em.query(sql, data.end());
}
