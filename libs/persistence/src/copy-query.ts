import { type Connection, Query, type ResultBuilder } from 'pg';

/**
 * A COPY FROM STDIN whose data is sent with the statement, without waiting for Postgres to ask for it: if it refuses the
 * statement, it drops the data (PostgreSQL docs, "COPY Operations" of the protocol). pg accepts only its own Query in a
 * pipeline, and refuses the streams of pg-copy-streams.
 */
export class CopyQuery extends Query {
  /** @param messages CopyData messages and CopyDone */
  constructor(
    sql: string,
    messages: readonly Buffer[],
    callback: (error: Error | undefined, result: ResultBuilder) => void,
  ) {
    super(sql, callback);
    // pg types it as a property.
    this.submit = (connection: Connection): void => {
      // pg drops what it would send on a connection that has ended; the query fails when that is noticed.
      if (!connection.stream.writable) return;
      connection.query(sql);
      for (const message of messages) connection.stream.write(message);
    };
  }

  /** The data is on its way; pg's own handler would answer with CopyFail. */
  handleCopyInResponse(): void {}
}

/** Whether the parameters of `sql` are messages to be sent with it. */
export function isCopy(sql: string): boolean {
  return sql.startsWith('COPY ');
}
