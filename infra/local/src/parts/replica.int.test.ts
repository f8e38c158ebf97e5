import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OwnStack, startOwnStack } from '../testing/own-stack.js';
import { until } from '../until.js';
import { withClient } from './postgres.js';

let stack: OwnStack;

beforeAll(async () => {
  stack = await startOwnStack({ parts: ['replica'], migrate: false });
}, 60_000);
afterAll(() => stack?.stop());

const onPrimary = (sql: string) => withClient(stack.postgres.url, (client) => client.query(sql));
const onReplica = (sql: string) => withClient(stack.replica.url, (client) => client.query(sql));

/** When the label of the base backup that it began with was written. */
async function copiedAt(): Promise<Date> {
  return (await onReplica("SELECT (pg_stat_file('backup_label.old')).modification AS at")).rows[0].at;
}

async function untilReplicaCounts(count: number): Promise<void> {
  const rows = async () => (await onReplica('SELECT count(*)::int AS n FROM notes')).rows[0].n;
  await until(async () => (await rows()) === count, { what: `the replica to have ${count} rows` });
}

test('what the primary commits is read on the replica, which refuses to write', async () => {
  await onPrimary('CREATE TABLE notes AS SELECT generate_series(1, 10) AS n');
  await untilReplicaCounts(10);
  await expect(onReplica('INSERT INTO notes VALUES (11)')).rejects.toThrow('read-only transaction');
});

test('a replica that was killed goes on where it was, without another copy', async () => {
  const before = await copiedAt();
  await stack.replica.kill();
  await onPrimary('INSERT INTO notes SELECT generate_series(11, 20)');
  await stack.replica.start();
  await untilReplicaCounts(20);
  expect(await copiedAt()).toEqual(before);
});

test('it starts while the primary is gone, and follows it when it is back', async () => {
  await stack.postgres.kill();
  await stack.replica.restart();
  await untilReplicaCounts(20);
  await stack.postgres.start();
  await onPrimary('INSERT INTO notes VALUES (21)');
  await untilReplicaCounts(21);
}, 60_000);

test('one that is too far behind begins anew with a copy of the running primary', async () => {
  const before = await copiedAt();
  await stack.replica.stop();
  const dropSlot = () => onPrimary('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots');
  await until(dropSlot, { what: 'the primary to notice that the replica is gone' });
  await onPrimary('INSERT INTO notes SELECT generate_series(22, 30)');
  await onPrimary('SELECT pg_switch_wal()');
  await onPrimary('CHECKPOINT');
  // Somebody writes all the while.
  let isCopied = false;
  const writing = withClient(stack.postgres.url, async (client) => {
    let n = 30;
    for (; !isCopied; n += 1) await client.query('INSERT INTO notes VALUES ($1)', [n + 1]);
    return n;
  });
  await stack.replica.start();
  isCopied = true;
  await untilReplicaCounts(await writing);
  expect(await copiedAt()).not.toEqual(before);
}, 60_000);
