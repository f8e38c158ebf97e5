import type { Owner, RefKey } from './object-ref.js';

/** The gateway objects that one report names as parts of one payment. */
export interface Naming {
  readonly keys: readonly RefKey[];
  /** The payment, if it is known by other means than the objects. */
  readonly owner: Owner | null;
}

/** The owner of a naming; null if unknown; conflict: its objects belong to several payments. */
export type Resolved = Owner | null | { readonly conflict: readonly string[] };

export interface Resolution {
  /** One for each naming, in order. */
  readonly resolved: readonly Resolved[];
  /** Objects that had no owner, with the one found. */
  readonly claims: ReadonlyMap<RefKey, Owner>;
}

/**
 * Finds the owner of each naming by its objects, and assigns all of its objects to that owner, until nothing changes:
 * if A names a capture, and B the same capture and a known order, both belong to the order's payment.
 *
 * A naming whose objects belong to two payments resolves to a conflict and assigns nothing.
 */
export function resolveOwners(
  namings: readonly Naming[],
  owned: ReadonlyMap<RefKey, Owner | null>,
): Resolution {
  const resolved: Resolved[] = namings.map(() => null);
  const claims = new Map<RefKey, Owner>();
  const ownerOf = (key: RefKey): Owner | null => owned.get(key) ?? claims.get(key) ?? null;
  let waiting = namings.map((naming, index) => ({ naming, index }));
  for (let before = -1; waiting.length !== before; ) {
    before = waiting.length;
    waiting = waiting.filter(({ naming, index }) => {
      const found = ownerAmong(naming, ownerOf);
      if (found === null) return true;
      resolved[index] = found;
      if (!('conflict' in found)) {
        for (const key of naming.keys) if (ownerOf(key) === null) claims.set(key, found);
      }
      return false;
    });
  }
  return { resolved, claims };
}

function ownerAmong({ keys, owner }: Naming, ownerOf: (key: RefKey) => Owner | null): Resolved {
  let found = owner;
  for (const key of keys) {
    const other = ownerOf(key);
    found ??= other;
    if (other !== null && other.paymentIntentId !== found?.paymentIntentId) {
      return { conflict: paymentsOf({ keys, owner }, ownerOf) };
    }
  }
  return found;
}

function paymentsOf({ keys, owner }: Naming, ownerOf: (key: RefKey) => Owner | null): string[] {
  const owners = [...keys.map(ownerOf), owner];
  return [...new Set(owners.flatMap((one) => one?.paymentIntentId ?? []))];
}
