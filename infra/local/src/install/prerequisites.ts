import { spawnSync } from 'node:child_process';
import { processEnvironment } from '../environment.js';
import type { ReplaceablePart } from '../settings.js';
import { javaProgram } from './java.js';

const JAVA_MIN = 17;

/**
 * What is missing to run the parts that are not given: one line each, with a way to do without.
 */
export function missingPrerequisites(given: Partial<Record<ReplaceablePart, string>>): string[] {
  const missing: string[] = [];
  if (given.kafka === undefined || given.registry === undefined) {
    const { stderr } = spawnSync(javaProgram(), ['-version'], { encoding: 'utf8' });
    const major = parseJavaMajor(stderr ?? '');
    if (major === undefined || major < JAVA_MIN) {
      const found = major === undefined ? 'none was found' : `found ${major}`;
      missing.push(`Java ${JAVA_MIN} or newer is needed for Kafka and the schema registry (${found})`);
    }
  }
  const wantsMaven = [given.kafka, given.registry, given.redis].includes(undefined);
  if (wantsMaven && spawnSync(mavenProgram(), ['--version']).status !== 0) {
    missing.push('Maven (mvn) is needed to fetch Kafka, the schema registry and Redis');
  }
  return missing;
}

export function adviceOnMissing(missing: readonly string[]): string {
  return [
    ...missing,
    'Debian and Ubuntu: apt-get install openjdk-17-jre-headless maven. macOS: brew install openjdk@17 maven.',
    'Without them: docker compose -f infra/compose.yaml up -d, or parts of your own, named by',
    'DATABASE_URL, KAFKA_BROKERS, SCHEMA_REGISTRY_URL and REDIS_URL (the README says how).',
  ].join('\n');
}

/** The major version in what `java -version` prints: 17 of "17.0.15", 8 of "1.8.0_402". */
export function parseJavaMajor(output: string): number | undefined {
  const version = /version "(?:1\.)?(\d+)/.exec(output)?.[1];
  return version === undefined ? undefined : Number(version);
}

export function mavenProgram(): string {
  return processEnvironment().MVN || 'mvn';
}
