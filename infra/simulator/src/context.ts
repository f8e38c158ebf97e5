import { type ServiceRuntime, serveAdmin } from '@payments/runtime';
import { serveCertificates } from './certificate-server.js';
import type { SimulatorConfig } from './config.js';
import { openSimulatorState } from './simulator-state.js';

/** Wires the simulator and starts it; it is ready once it listens. */
export async function startSimulator(rt: ServiceRuntime<SimulatorConfig>): Promise<void> {
  const { config, logger, metrics, health } = rt;
  const state = await openSimulatorState({
    stateDir: config.SIMULATOR_STATE_DIR,
    publicHost: config.SIMULATOR_PUBLIC_HOST,
    certPort: config.SIMULATOR_CERT_PORT,
  });
  const certificates = await serveCertificates({
    port: config.SIMULATOR_CERT_PORT,
    tls: state.server,
    certificates: new Map([[state.certificateId, state.servedPem]]),
  });
  rt.onShutdown('certificate server', () => certificates.close());
  const admin = await serveAdmin({ port: config.PORT, health, metrics, logger });
  rt.onShutdown('http server', () => admin.close());
  logger.info({ port: admin.port, certificateUrl: state.certificateUrl }, 'simulator listens');
}
