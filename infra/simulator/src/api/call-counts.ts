import type { GatewayProvider } from '@payments/domain';

/** How often each operation was asked for, and what came of it. */
export interface OperationCount {
  readonly provider: GatewayProvider;
  readonly operation: string;
  /** Requests that came. */
  readonly requests: number;
  /** Requests that were worked on: not refused at the door, not answered from memory, not lost before. */
  readonly executed: number;
  /** Requests answered with what their idempotency key had kept. */
  readonly replayed: number;
  /** Requests that a fault struck. */
  readonly faulted: number;
}

type Counted = { -readonly [Name in keyof OperationCount]: OperationCount[Name] };
type Column = 'requests' | 'executed' | 'replayed' | 'faulted';

export class CallCounts {
  readonly #counts = new Map<string, Counted>();

  add(provider: GatewayProvider, operation: string, column: Column): void {
    const name = `${provider} ${operation}`;
    let counted = this.#counts.get(name);
    if (counted === undefined) {
      counted = { provider, operation, requests: 0, executed: 0, replayed: 0, faulted: 0 };
      this.#counts.set(name, counted);
    }
    counted[column]++;
  }

  list(): OperationCount[] {
    return [...this.#counts.values()].map((counted) => ({ ...counted }));
  }

  clear(): void {
    this.#counts.clear();
  }
}
