import type { TopicSetup } from '@payments/contracts';
import kafkajs, { type Admin } from 'kafkajs';

const COMPRESSION = 'compression.type';
const { ConfigResourceTypes, ConfigSource } = kafkajs;

/**
 * Sets the catalogue's compression on existing topics: one record in a codec that kafkajs lacks stops its consumers
 * for good, unless the broker recompresses it.
 *
 * @returns a message for each topic that could not be changed
 */
export async function mendCompression(admin: Admin, topics: readonly TopicSetup[]): Promise<string[]> {
  const wanted = new Map(topics.map(({ name, config }) => [name, config[COMPRESSION]]));
  const asked = topics.filter(({ config }) => config[COMPRESSION] !== undefined);
  if (asked.length === 0) return [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: asked.map(({ name }) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  const failures: string[] = [];
  for (const { resourceName, configEntries } of resources) {
    const actual = configEntries.find(({ configName }) => configName === COMPRESSION)?.configValue;
    const compression = wanted.get(resourceName) as string;
    if (actual === compression) continue;
    const own = configEntries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
    // kafkajs only has the request that replaces all settings of a topic: the others are sent along unchanged.
    const kept = own.filter(({ configName }) => configName !== COMPRESSION);
    const entries = kept.map(({ configName, configValue }) => ({ name: configName, value: configValue }));
    try {
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: resourceName,
            configEntries: [...entries, { name: COMPRESSION, value: compression }],
          },
        ],
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failures.push(`${resourceName} has ${COMPRESSION} ${actual} instead of ${compression} (${why})`);
    }
  }
  return failures;
}
