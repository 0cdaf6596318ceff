import type { ApiInstance } from './http/fastify.ts';
import { sandboxFaultRoutes } from './sandbox/sandbox-fault-routes.ts';
import { createSandboxFaultService } from './sandbox/sandbox-fault-service.ts';
import { sandboxMessageRoutes } from './sandbox/sandbox-message-routes.ts';
import { createSandboxMessageService } from './sandbox/sandbox-message-service.ts';
import { sandboxRoutes } from './sandbox/sandbox-routes.ts';
import { createSandboxService, type LinkableDevices } from './sandbox/sandbox-service.ts';
import { createSimulatorControl } from './sandbox/simulator-control.ts';
import type { SimulatorAddress } from './sandbox/simulator-process.ts';
import type { Clock } from './shared/clock.ts';

interface SandboxHostDeps {
  /** The simulator this process started; null where there is none: then nothing is mounted. */
  readonly simulator?: SimulatorAddress | null;
  readonly deviceService: LinkableDevices;
  readonly clock: Clock;
}

/** The phones of the sandbox, beside the API and with its keys and sessions. */
export function mountSandbox(api: ApiInstance, { simulator, deviceService, clock }: SandboxHostDeps): void {
  if (!simulator) return;
  const prefix = '/api/sandbox';
  const control = createSimulatorControl({ ...simulator, clock });
  const sandbox = createSandboxService({ control, devices: deviceService });
  api.register(sandboxRoutes, { prefix, sandbox });
  api.register(sandboxMessageRoutes, { prefix, messages: createSandboxMessageService({ control }) });
  api.register(sandboxFaultRoutes, { prefix, faults: createSandboxFaultService({ control }) });
}
