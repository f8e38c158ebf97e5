export { KafkaProxy } from './kafka-proxy.js';
