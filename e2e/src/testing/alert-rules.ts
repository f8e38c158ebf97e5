import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

/** An alerting rule of Prometheus (prometheus.io/docs/prometheus/latest/configuration/alerting_rules). */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

const FILE = new URL('../../../infra/prometheus/payment-alerts.yaml', import.meta.url);

export function readAlertRules(): AlertRule[] {
  const { groups }: RuleFile = parse(readFileSync(FILE, 'utf8'));
  return groups.flatMap(({ rules }) => rules);
}

/** Names of the metrics that an expression reads. @throws SyntaxError if it is not PromQL */
export function metricsIn(expr: string): Set<string> {
  const names = new Set<string>();
  parser.parse(expr).iterate({
    enter({ type, node, from, to }) {
      if (type.isError) throw new SyntaxError(`no PromQL from character ${from} on: ${expr.slice(from)}`);
      const isMetric = type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector';
      if (isMetric) names.add(expr.slice(from, to));
    },
  });
  return names;
}
