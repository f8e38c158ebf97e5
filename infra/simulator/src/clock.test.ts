import { afterEach, describe, expect, test } from '@jest/globals';
import { SimulatorClock } from './clock.js';

const clock = new SimulatorClock();
afterEach(() => clock.clear());

describe("the simulator's clock", () => {
  test('runs what has become due, in the order in which it was due', () => {
    const ran: string[] = [];
    clock.schedule(3000, () => ran.push('third'));
    clock.schedule(1000, () => ran.push('first'));
    clock.schedule(2000, () => ran.push('second'));
    clock.advance(2000);
    expect(ran).toEqual(['first', 'second']);
    clock.advance(1000);
    expect(ran).toEqual(['first', 'second', 'third']);
  });

  test('runs nothing that was canceled', () => {
    const ran: string[] = [];
    const cancel = clock.schedule(1000, () => ran.push('never'));
    cancel();
    clock.advance(2000);
    expect(ran).toEqual([]);
  });

  test('does not run at once what is due in more than a timer of Node can wait', async () => {
    const ran: string[] = [];
    clock.schedule(2 ** 31 + 1000, () => ran.push('in a month'));
    await clock.wait(20);
    expect(ran).toEqual([]);
    clock.advance(2 ** 31 + 1000);
    expect(ran).toEqual(['in a month']);
  });

  test('cleared forgets what is to come, and lets those go on who wait', async () => {
    const ran: string[] = [];
    clock.schedule(1000, () => ran.push('never'));
    const waited = clock.wait(60_000);
    clock.advance(500);
    clock.clear();
    await waited;
    clock.advance(60_000);
    expect(ran).toEqual([]);
  });
});
