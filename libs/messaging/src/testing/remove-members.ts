import { Admin } from '@platformatic/kafka';

/**
 * Removes all members from a consumer group immediately. The broker removes a killed one only when its session times
 * out after ten seconds, and admits nobody until then.
 */
export async function removeMembers(brokers: readonly string[], groupId: string): Promise<void> {
  const admin = new Admin({ clientId: 'messaging-test', bootstrapBrokers: [...brokers] });
  try {
    await admin.removeMembersFromConsumerGroup({ groupId, members: null });
  } finally {
    await admin.close();
  }
}
