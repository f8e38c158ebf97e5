import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { javaProgram } from '../install/java.js';
import type { PartPlan } from '../part.js';
import { makeFolder } from '../paths.js';

export interface RegistryDatabase {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

export interface RegistryOptions {
  readonly folder: string;
  readonly port: number;
  /** Where the archive was unpacked. */
  readonly programs: string;
  /** Keeps its schemas in this database: in memory a restart would give out the same ids anew. */
  readonly database: RegistryDatabase;
  readonly quickStart: boolean;
}

/** Apicurio Registry, spoken to through its Confluent-compatible interface. */
export function registryPlan({ folder, port, programs, database, quickStart }: RegistryOptions): PartPlan {
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const jar = readdirSync(programs).find((name) => name.endsWith('-runner.jar'));
  if (jar === undefined) throw new Error(`no registry in ${programs}: delete that folder to fetch it again`);
  return {
    name: 'registry',
    port,
    url,
    command: {
      file: javaProgram(),
      args: [
        '-Xms64m',
        '-Xmx256m',
        '-XX:+UseSerialGC',
        '-XX:+ExitOnOutOfMemoryError',
        '-Xshare:auto',
        ...(quickStart ? ['-XX:TieredStopAtLevel=1'] : []),
        '-Djava.awt.headless=true',
        '-jar',
        join(programs, jar),
      ],
      cwd: folder,
      env: {
        APICURIO_STORAGE_KIND: 'sql',
        APICURIO_STORAGE_SQL_KIND: 'postgresql',
        APICURIO_DATASOURCE_URL: `jdbc:postgresql://${database.host}:${database.port}/${database.name}`,
        APICURIO_DATASOURCE_USERNAME: database.user,
        APICURIO_DATASOURCE_PASSWORD: database.password,
        APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '2',
        APICURIO_DATASOURCE_JDBC_MIN_SIZE: '2',
        APICURIO_DATASOURCE_JDBC_MAX_SIZE: '10',
        QUARKUS_HTTP_HOST: '127.0.0.1',
        QUARKUS_HTTP_PORT: String(port),
        QUARKUS_LOG_CONSOLE_JSON: 'false',
      },
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 15_000,
    startDeadlineMs: 120_000,
    async prepare() {
      makeFolder(folder);
    },
    async isReady() {
      const answer = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(2000) });
      await answer.arrayBuffer();
      return answer.ok;
    },
  };
}
