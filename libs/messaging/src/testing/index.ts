export { KafkaProxy } from './kafka-proxy.js';
export { removeMembers } from './remove-members.js';
