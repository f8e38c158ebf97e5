import { Admin } from '@platformatic/kafka';

/**
 * Takes all members out of a consumer group, at once: what the broker does with a killed one only when its session
 * has run out, ten seconds later, and until when nobody else is let in.
 */
export async function removeMembers(brokers: readonly string[], groupId: string): Promise<void> {
  const admin = new Admin({ clientId: 'messaging-test', bootstrapBrokers: [...brokers] });
  try {
    await admin.removeMembersFromConsumerGroup({ groupId, members: null });
  } finally {
    await admin.close();
  }
}
