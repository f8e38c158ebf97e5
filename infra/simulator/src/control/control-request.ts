import { Refusal } from '../api/call.js';
import type { FieldRefusal, JsonFields } from '../api/json-fields.js';
import type { Simulator } from '../simulator.js';

export interface ControlRequest {
  readonly body: JsonFields;
  readonly query: URLSearchParams;
  readonly path: Readonly<Record<string, string>>;
}

/** The JSON to answer 200 with. @throws Refusal */
export type ControlHandler = (request: ControlRequest, simulator: Simulator) => object | Promise<object>;

export function refused(status: number, error: string, field?: string): Refusal {
  return new Refusal({ status, body: { error, ...(field === undefined ? {} : { field }) } });
}

export const refuseField: FieldRefusal = (pointer, _, description) =>
  refused(400, description, pointer.slice(1) || undefined);
