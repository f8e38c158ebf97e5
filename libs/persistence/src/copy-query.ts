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
    // A property in pg's types, too.
    this.submit = (connection: Connection): void => {
      connection.query(sql);
      for (const message of messages) connection.stream.write(message);
    };
  }

  /** Postgres asks for what it has got. */
  handleCopyInResponse(): void {}
}

/** Whether the parameters of `sql` are messages to be sent with it. */
export function isCopy(sql: string): boolean {
  return sql.startsWith('COPY ');
}
