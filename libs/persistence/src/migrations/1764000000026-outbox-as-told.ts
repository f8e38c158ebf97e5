import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['outbox', 'outbox_parked'];

/**
 * What the outbox holds is sent as it is and never looked into: as json it is kept as text. To take it apart on the
 * way in and put it together on the way out was two thirds of what a row costs Postgres.
 */
export class OutboxAsTold1764000000026 implements MigrationInterface {
  readonly name = 'OutboxAsTold1764000000026';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await alter(runner, table, 'json');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await alter(runner, table, 'jsonb');
  }
}

async function alter(runner: QueryRunner, table: string, type: 'json' | 'jsonb'): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ALTER headers DROP DEFAULT`);
  await runner.query(`ALTER TABLE ${table} ALTER payload TYPE ${type} USING payload::${type},
    ALTER headers TYPE ${type} USING headers::${type}`);
  if (table === 'outbox') await runner.query(`ALTER TABLE ${table} ALTER headers SET DEFAULT '{}'`);
}
