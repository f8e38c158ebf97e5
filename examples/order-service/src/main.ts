/** Pays one order of 19.99 USD and prints what becomes of it until it is interrupted: see README.md, "Send commands". */
import '@payments/runtime/require-node';
import { randomUUID } from 'node:crypto';
import { kafkaOptions, kafkaSettings, processEnv, readConfig } from '@payments/runtime';
import { OrderService } from './order-service.js';

const config = readConfig(kafkaSettings, processEnv());
const orders = new OrderService({
  ...kafkaOptions(config),
  registryUrl: config.SCHEMA_REGISTRY_URL,
  service: 'example-orders',
  onChange: (payment) => console.log(JSON.stringify(payment)),
  onCrash: (error) => {
    console.error(error);
    process.exit(1);
  },
});
await orders.start();
process.once('SIGINT', () => void orders.close());
process.once('SIGTERM', () => void orders.close());

const orderId = `order-${randomUUID()}`;
const { intentId } = await orders.pay({
  orderId,
  customerId: 'customer-1',
  gatewayProvider: 'stripe',
  amount: 1999,
  currency: 'USD',
  paymentMethodToken: 'pm_card_visa',
  confirm: true,
});
console.log(`asked for the payment of ${orderId}: intent ${intentId}`);
