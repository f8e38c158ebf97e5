import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withLock } from '../lock.js';
import { LOCAL, makeFolder, PARTS, REPOSITORY } from '../paths.js';
import { mavenProgram } from './prerequisites.js';

export interface Artifacts {
  /** Jars of the broker and all that they need. */
  readonly kafka: string;
  readonly redis: string;
  readonly registry: string;
}

const POM = join(REPOSITORY, 'infra/local/maven/pom.xml');
const PROGRESS_EVERY_MS = 3000;

/**
 * Kafka, the registry and Redis, fetched through Maven on the first call. Several processes may call it at
 * once: one fetches, the others wait.
 */
export async function fetchArtifacts(say: (line: string) => void): Promise<Artifacts> {
  const version = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const folder = join(PARTS, version);
  const artifacts = {
    kafka: join(folder, 'kafka'),
    redis: join(folder, 'redis'),
    registry: join(folder, 'registry'),
  };
  if (existsSync(join(folder, 'complete'))) return artifacts;
  const onWait = () => say('another process is fetching Kafka, the registry and Redis; waiting for it');
  await withLock(join(LOCAL, 'parts.lock'), () => fetchInto(folder, say), { onWait });
  return artifacts;
}

async function fetchInto(folder: string, say: (line: string) => void): Promise<void> {
  if (existsSync(join(folder, 'complete'))) return;
  say('fetching Kafka, the schema registry and Redis with Maven (about 170 MB, once)');
  const incoming = `${folder}.incoming`;
  rmSync(incoming, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  makeFolder(incoming);
  await maven(['-B', '-f', POM, 'process-resources', `-Dparts=${incoming}`], say);
  writeFileSync(join(incoming, 'complete'), '');
  renameSync(incoming, folder);
}

/** Runs Maven and reports every few seconds what it is downloading. */
function maven(args: string[], say: (line: string) => void): Promise<void> {
  const program = mavenProgram();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const startedAt = performance.now();
  let output = '';
  let downloads = 0;
  let current = '';
  const read = (chunk: Buffer) => {
    const text = chunk.toString();
    output = (output + text).slice(-8000);
    downloads += text.match(/Downloaded from/g)?.length ?? 0;
    current = /Downloading from \S+ (\S+)/.exec(text)?.[1] ?? current;
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`  ${seconds} s, ${downloads} files; now ${current.split('/').pop() || 'starting Maven'}`);
  }, PROGRESS_EVERY_MS);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      clearInterval(timer);
      reject(new Error(`cannot run ${program}: install Maven, or name it in MVN`, { cause: error }));
    });
    child.once('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(new Error(`Maven failed:\n${output.split('\n').filter(isComplaint).join('\n')}`));
    });
  });
}

function isComplaint(line: string): boolean {
  return line.includes('[ERROR]') && !line.includes('[Help 1] http') && !/Re-run Maven/.test(line);
}
