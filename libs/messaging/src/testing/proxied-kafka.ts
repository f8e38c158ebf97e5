import { freePorts, type OwnStack, startOwnStack } from '@payments/local/testing';
import type { KafkaConnection } from '../connection.js';
import { connectTo } from './kafka-client.js';
import { KafkaProxy } from './kafka-proxy.js';

/** One broker of the test's own with a proxy before it. */
export interface ProxiedKafka {
  readonly stack: OwnStack;
  readonly proxy: KafkaProxy;
  /** Through the proxy. */
  readonly proxied: KafkaConnection;
  /** Past it. */
  readonly direct: KafkaConnection;
  readonly directBrokers: readonly string[];
  stop(): Promise<void>;
}

export async function startProxiedKafka(): Promise<ProxiedKafka> {
  const [port] = (await freePorts(1)) as [number];
  const stack = await startOwnStack({ parts: ['kafka'], kafkaProxyPorts: [port] });
  const proxy = await KafkaProxy.open(port, stack.kafkaProxyTargets[0] as number);
  return {
    stack,
    proxy,
    proxied: connectTo([`127.0.0.1:${port}`]),
    direct: connectTo(stack.kafkaBrokers),
    directBrokers: stack.kafkaBrokers,
    stop: async () => {
      await proxy.refuse();
      await stack.stop();
    },
  };
}
