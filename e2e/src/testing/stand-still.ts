import { until } from '@payments/local/testing';
import type { EntityManager } from '@payments/persistence';
import type { Pipeline } from './pipeline.js';

/** The statement at which Postgres makes the webhook worker wait. */
export interface Place {
  readonly table: string;
  /** `commit`: after all statements, just before the transaction commits. */
  readonly at: 'insert' | 'update' | 'update of a row' | 'delete' | 'commit';
}

const STANDING_MS_MAX = 60_000;
const LOCK = 'payments:stand-still';

/** Stops only the worker, not the statements of the test itself. */
const FUNCTION = `
CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('application_name') = 'webhooks' THEN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('${LOCK}', 0));
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$`;

const TRIGGERS: Readonly<Record<Place['at'], (table: string) => string>> = {
  insert: (table) => `TRIGGER stand_still BEFORE INSERT ON ${table} FOR EACH STATEMENT`,
  update: (table) => `TRIGGER stand_still BEFORE UPDATE ON ${table} FOR EACH STATEMENT`,
  'update of a row': (table) => `TRIGGER stand_still BEFORE UPDATE ON ${table} FOR EACH ROW`,
  delete: (table) => `TRIGGER stand_still BEFORE DELETE ON ${table} FOR EACH STATEMENT`,
  commit: (table) => `CONSTRAINT TRIGGER stand_still AFTER INSERT OR UPDATE ON ${table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW`,
};

/**
 * Runs `whileStanding` while the worker waits at `place`. When this returns, the worker's connections have ended.
 *
 * @param begin makes the worker reach the place; called once it cannot pass it any more
 */
export async function standingStill(
  pipeline: Pipeline,
  { table, at }: Place,
  { begin, whileStanding }: { readonly begin: () => void; readonly whileStanding: () => Promise<void> },
): Promise<void> {
  await pipeline.query(FUNCTION);
  try {
    await pipeline.database.transaction(async (em) => {
      await em.query(`SELECT pg_advisory_xact_lock(hashtextextended('${LOCK}', 0))`);
      await pipeline.query(`CREATE ${TRIGGERS[at](table)} EXECUTE FUNCTION stand_still()`);
      begin();
      await untilWaiting(pipeline, em);
      await whileStanding();
    });
    await untilGone(pipeline);
  } finally {
    await pipeline.query('DROP FUNCTION stand_still CASCADE');
  }
}

/** Ends the transactions of a killed worker, as Postgres does once it notices the kill: nothing is committed. */
export async function rollBackWhatIsLeft(pipeline: Pipeline): Promise<void> {
  await pipeline.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'webhooks'`,
  );
  await untilGone(pipeline);
}

async function untilWaiting(pipeline: Pipeline, holder: Pick<EntityManager, 'query'>): Promise<void> {
  const waiting = `SELECT 1 FROM pg_stat_activity
    WHERE application_name = 'webhooks' AND wait_event_type = 'Lock' AND wait_event = 'advisory'`;
  try {
    await until(
      async () => {
        // Keeps the transaction that holds the lock from being ended by the idle time-out.
        await holder.query('SELECT 1');
        return (await pipeline.query(waiting)).length > 0;
      },
      { timeoutMs: STANDING_MS_MAX, everyMs: 5, what: 'the worker to get there' },
    );
  } catch (cause) {
    const does = await pipeline.query('SELECT * FROM pg_stat_activity WHERE application_name = $1', [
      'webhooks',
    ]);
    throw new Error(`the worker does ${JSON.stringify(does)}\n${pipeline.webhooks.output}`, { cause });
  }
}

async function untilGone(pipeline: Pipeline): Promise<void> {
  const left = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'webhooks'`;
  await until(async () => (await pipeline.query(left)).length === 0, {
    what: 'the connections of the killed worker to end',
  });
}
