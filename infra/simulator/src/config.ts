import { type ConfigOf, setting } from '@payments/runtime';

export const simulatorSettings = {
  PORT: setting.port({ doc: "Port of the simulator's HTTP server.", default: 8090 }),
  SIMULATOR_CERT_PORT: setting.port({
    doc: 'Port of the HTTPS server of PayPal-like signing certificates.',
    default: 8091,
  }),
  SIMULATOR_PUBLIC_HOST: setting.text({
    doc: 'Host name in certificate URLs, by which the ingress reaches the simulator.',
    default: 'localhost',
  }),
  SIMULATOR_STATE_DIR: setting.text({
    doc: 'Folder for certificates and keys; ca.pem in it is what PAYPAL_CERT_CA_FILE points to.',
    default: '.local/simulator',
  }),
} as const;

export type SimulatorConfig = ConfigOf<typeof simulatorSettings>;
