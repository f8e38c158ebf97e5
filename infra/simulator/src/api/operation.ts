/** One operation of a gateway's API: what faults are told by, what is counted, and what answers it. */
export interface Operation<Handler> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/v1/refunds/:id`; what a parameter stands for has no slash. */
  readonly path: string;
  readonly handle: Handler;
  /** True: the gateway can say no to the customer's money here, so that a `decline` can be asked for. */
  readonly canDecline?: boolean;
}

export type Operations<Handler> = Readonly<Record<string, Operation<Handler>>>;

export interface Matched<Handler> {
  readonly name: string;
  readonly operation: Operation<Handler>;
  /** What the path's parameters stand for. */
  readonly path: Readonly<Record<string, string>>;
}

interface Compiled<Handler> {
  readonly name: string;
  readonly operation: Operation<Handler>;
  readonly pattern: RegExp;
}

/** Finds the operation of a request: the first that matches, so that fixed paths stand before parameters. */
export class OperationTable<Handler> {
  readonly names: readonly string[];
  readonly #compiled: readonly Compiled<Handler>[];

  constructor(operations: Operations<Handler>) {
    this.names = Object.keys(operations);
    this.#compiled = Object.entries(operations).map(([name, operation]) => ({
      name,
      operation,
      pattern: new RegExp(`^${operation.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`),
    }));
  }

  match(method: string, path: string): Matched<Handler> | undefined {
    for (const { name, operation, pattern } of this.#compiled) {
      if (operation.method !== method) continue;
      const found = pattern.exec(path);
      if (found !== null) return { name, operation, path: { ...found.groups } };
    }
    return undefined;
  }

  canDecline(name: string): boolean {
    return this.#compiled.some((one) => one.name === name && one.operation.canDecline === true);
  }
}
