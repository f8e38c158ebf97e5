import { describe, expect, test } from '@jest/globals';
import type { Owner, RefKey } from './object-ref.js';
import { type Naming, resolveOwners } from './resolve-owners.js';

const FIRST: Owner = { paymentIntentId: 'first', leg: 1 };
const SECOND: Owner = { paymentIntentId: 'second', leg: 1 };

function naming(keys: string, owner: Owner | null = null): Naming {
  return { keys: keys.split(' '), owner };
}
const owned = (refs: Record<RefKey, Owner | null>) => new Map(Object.entries(refs));

describe('the owner of named objects', () => {
  test('is that of any of its objects, and becomes that of all of them', () => {
    const { resolved, claims } = resolveOwners([naming('a b c')], owned({ b: FIRST, c: null }));
    expect(resolved).toEqual([FIRST]);
    expect(claims).toEqual(owned({ a: FIRST, c: FIRST }));
  });

  test.each([
    ['in order', ['a b', 'b c', 'c d']],
    ['against it', ['c d', 'b c', 'a b']],
  ])('travels along a chain of namings %s', (_how, chain) => {
    const { resolved, claims } = resolveOwners(
      chain.map((keys) => naming(keys)),
      owned({ a: FIRST }),
    );
    expect(resolved).toEqual([FIRST, FIRST, FIRST]);
    expect(new Set(claims.keys())).toEqual(new Set(['b', 'c', 'd']));
  });

  test('is unknown if nothing links them to a payment', () => {
    const { resolved, claims } = resolveOwners([naming('a b'), naming('b c')], owned({ a: null }));
    expect(resolved).toEqual([null, null]);
    expect(claims.size).toBe(0);
  });

  test('is the opened leg, even if another object is on another leg', () => {
    const second = { ...FIRST, leg: 2 };
    const { resolved, claims } = resolveOwners([naming('a b', second)], owned({ a: FIRST }));
    expect(resolved).toEqual([second]);
    expect(claims).toEqual(owned({ b: second }));
  });
});

describe('objects of two payments', () => {
  test('are a conflict that assigns nothing', () => {
    const { resolved, claims } = resolveOwners(
      [naming('a b x'), naming('x y')],
      owned({ a: FIRST, b: SECOND }),
    );
    expect(resolved).toEqual([{ conflict: ['first', 'second'] }, null]);
    expect(claims.size).toBe(0);
  });

  test('are a conflict also with an opened leg', () => {
    expect(resolveOwners([naming('a', SECOND)], owned({ a: FIRST })).resolved).toEqual([
      { conflict: ['first', 'second'] },
    ]);
  });
});
