import { expect, test } from '@jest/globals';
import { ReplicationLag } from './replication-lag.js';

test('a replica that has replayed everything has no lag', () => {
  const lag = new ReplicationLag();
  expect(lag.measure(0, 100n, 100n)).toBe(0);
  expect(lag.measure(1_000, 200n, 150n)).toBe(0);
  expect(lag.measure(2_000, 300n, 250n)).toBe(0);
});

test('a replica that stands still lags since the first position that it lacks', () => {
  const lag = new ReplicationLag();
  lag.measure(0, 100n, 100n);
  lag.measure(1_000, 200n, 100n);
  expect(lag.measure(2_000, 300n, 100n)).toBe(1_000);
  expect(lag.measure(9_000, 300n, 100n)).toBe(8_000);
  expect(lag.measure(10_000, 400n, 250n)).toBe(8_000);
  expect(lag.measure(11_000, 400n, 400n)).toBe(0);
});

test('neither an idle nor an unavailable primary makes a lag', () => {
  const lag = new ReplicationLag();
  lag.measure(0, 100n, 100n);
  expect(lag.measure(60_000, 100n, 100n)).toBe(0);
  lag.measure(61_000, 200n, 100n);
  expect(lag.measure(62_000, undefined, 200n)).toBe(0);
  expect(lag.measure(90_000, undefined, 200n)).toBe(0);
});

test('the lag is measured however long the replica stands still', () => {
  const lag = new ReplicationLag();
  for (let second = 0; second < 5_000; second += 1) lag.measure(second * 1000, BigInt(second), 0n);
  expect(lag.measure(5_000_000, 5_000n, 0n)).toBe(4_999_000);
});
