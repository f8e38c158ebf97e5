import type { GatewayProvider } from '@payments/domain';
import { type Random, seededRandom } from '../random.js';
import type { FaultRule } from './fault-rule.js';

const FAULT_RULES_MAX = 1000;

/** A rule with how often it was asked and how often it struck. */
export interface FaultRecord extends FaultRule {
  readonly id: number;
  readonly calls: number;
  readonly hits: number;
}

interface Entry {
  readonly id: number;
  readonly rule: FaultRule;
  readonly random: Random;
  calls: number;
  hits: number;
}

export class TooManyRulesError extends Error {
  override readonly name = 'TooManyRulesError';
}

/**
 * The faults that were asked for. Each rule counts its own calls and draws from its own sequence, made from the
 * seed and the rule's number: the same rules and calls give the same faults, whatever other gateways are asked.
 */
export class FaultTable {
  readonly #entries: Entry[] = [];
  #seed: number;
  #lastId = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** @throws TooManyRulesError */
  add(rule: FaultRule): FaultRecord {
    if (this.#entries.length >= FAULT_RULES_MAX) {
      throw new TooManyRulesError(`there are ${FAULT_RULES_MAX} rules: remove some first`);
    }
    const id = ++this.#lastId;
    const random = seededRandom(this.#seed + id * 7919);
    const entry: Entry = { id, rule, random, calls: 0, hits: 0 };
    this.#entries.push(entry);
    return recordOf(entry);
  }

  /** False: there is no such rule. */
  remove(id: number): boolean {
    const index = this.#entries.findIndex((entry) => entry.id === id);
    if (index !== -1) this.#entries.splice(index, 1);
    return index !== -1;
  }

  /** Without rules again, and with rule numbers from 1. */
  reset(seed: number): void {
    this.#entries.length = 0;
    this.#seed = seed;
    this.#lastId = 0;
  }

  list(): FaultRecord[] {
    return this.#entries.map(recordOf);
  }

  /** The fault that strikes this call: of the oldest rule that does. Every rule that matches counts the call. */
  strike(provider: GatewayProvider, operation: string): FaultRule | undefined {
    let struck: FaultRule | undefined;
    for (const entry of this.#entries) {
      if (!matches(entry.rule, provider, operation)) continue;
      if (!strikes(entry) || struck !== undefined) continue;
      entry.hits++;
      struck = entry.rule;
    }
    return struck;
  }

  /** Whether a rule says that the whole gateway is down, without counting a call. */
  isDown(provider: GatewayProvider): boolean {
    return this.#entries.some(
      ({ rule }) =>
        rule.kind === 'down' && rule.operation === '*' && !isLimited(rule) && matches(rule, provider, '*'),
    );
  }
}

function isLimited({ nth, probability, times }: FaultRule): boolean {
  return nth !== undefined || probability !== undefined || times !== undefined;
}

function isCustomerOperation(operation: string): boolean {
  return operation.startsWith('customer.');
}

function matches(rule: FaultRule, provider: GatewayProvider, operation: string): boolean {
  if (rule.provider !== '*' && rule.provider !== provider) return false;
  return rule.operation === operation || (rule.operation === '*' && !isCustomerOperation(operation));
}

function strikes(entry: Entry): boolean {
  const { nth, probability, times } = entry.rule;
  entry.calls++;
  // Drawn for every call, so that what a call gets does not depend on the calls that `nth` lets pass.
  const draw = probability === undefined ? 0 : entry.random();
  if (nth !== undefined && entry.calls !== nth) return false;
  if (times !== undefined && entry.hits >= times) return false;
  return probability === undefined || draw < probability;
}

function recordOf({ id, rule, calls, hits }: Entry): FaultRecord {
  return { id, ...rule, calls, hits };
}
