import {
  GATEWAY_CONFIG_FIELDS,
  type GatewayConfigNumbers,
  gatewayConfigProblem,
  isGatewayConfigField,
} from '@payments/domain';
import { CliError } from '../../cli-error.js';
import { shortened } from '../../output/shortened.js';

/**
 * Parses pairs such as `timeoutMs=8000`.
 *
 * @throws CliError that lists every invalid pair, and the valid values
 */
export function parseNumbers(pairs: readonly string[]): Partial<GatewayConfigNumbers> {
  const numbers: Record<string, number> = {};
  const problems: string[] = [];
  for (const pair of pairs) {
    const [, field = pair, text = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    const problem = problemOf(field, text) ?? (field in numbers ? 'is given twice' : undefined);
    if (problem === undefined) numbers[field] = Number(text);
    else problems.push(`${shortened(field)} ${problem} (given: ${shortened(pair)})`);
  }
  if (problems.length > 0) throw new CliError('usage', problems.join('\n'));
  return numbers;
}

/** The fields that may be set, one per line, with their ranges. */
export function fieldList(): string {
  return Object.entries(GATEWAY_CONFIG_FIELDS)
    .map(([field, { min, max }]) => `  ${field.padEnd(31)} ${min} to ${max}`)
    .join('\n');
}

function problemOf(field: string, text: string): string | undefined {
  if (!isGatewayConfigField(field)) {
    return `is no field: there are ${Object.keys(GATEWAY_CONFIG_FIELDS).join(', ')}`;
  }
  return gatewayConfigProblem(field, /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);
}
