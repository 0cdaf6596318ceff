import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../shared/clock.ts';
import { silentLogger } from '../shared/logger.ts';
import { systemRandom } from '../shared/random.ts';
import type { ConnectionEnd } from './control/control-plugin.ts';
import { type ControlServer, startControlServer } from './control/control-server.ts';
import { openPhones, type Phones } from './phone/phones.ts';
import type { Ending } from './server/endings.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
import { createLoopbackTls } from './wire/tls.ts';

export interface StandaloneOptions extends Omit<SimulatorOptions, 'tls' | 'onRequest'> {
  /** 0, the default, lets the system choose. */
  readonly controlPort?: number;
  /** Bearer token of the control API; a random one by default. */
  readonly controlToken?: string;
  /** `tls` serves wss:// with a certificate made now; `caFile` then names what clients have to trust. */
  readonly transport?: 'plain' | 'tls';
}

/** A server, its phones and the API that steers both. */
export interface StandaloneSimulator extends Simulator {
  readonly phones: Phones;
  readonly controlUrl: string;
  readonly controlToken: string;
  /** Path of the CA's certificate (PEM); null without TLS. */
  readonly caFile: string | null;
}

/** Starts everything; what `close` ends. Rejects when a port is taken or the stored state cannot be read. */
export async function startSimulatorWithPhones(
  options: StandaloneOptions = {},
): Promise<StandaloneSimulator> {
  const { clock = systemClock, random = systemRandom, log = silentLogger, stateDir = null } = options;
  const { controlPort: port = 0, controlToken: token = random.bytes(24).toString('base64url') } = options;
  const secured = options.transport === 'tls' ? openTls(clock, random) : null;
  let control: ControlServer | null = null;
  const simulator = await startSimulator({
    ...options,
    tls: secured?.tls ?? null,
    onRequest: (request, response) => control?.handleForeignRequest(request, response) ?? false,
  });
  const { core, faults, history } = simulator;
  const phones = openPhones({ core, stateDir, clock, random, log });
  const endConnection = (phoneNumber: string, device: number, end: ConnectionEnd) =>
    simulator.endConnection({ phoneNumber, device }, toEnding(end));
  const target = { core, phones, faults, history, clock, endConnection };
  const close = async () => {
    await control?.close();
    await simulator.close();
    phones.close();
    secured?.forget();
  };
  try {
    control = await startControlServer({ target, token, port, log });
  } catch (error) {
    await close();
    throw error;
  }
  const { url: controlUrl } = control;
  return { ...simulator, phones, controlUrl, controlToken: token, caFile: secured?.caFile ?? null, close };
}

/** The CA goes to a file of its own, because clients are told about it by path. */
function openTls(clock: typeof systemClock, random: typeof systemRandom) {
  const { caPem, keyPem, certPem } = createLoopbackTls({ clock, random });
  const directory = mkdtempSync(join(tmpdir(), 'simulator-ca-'));
  const caFile = join(directory, 'ca.pem');
  writeFileSync(caFile, caPem);
  return {
    tls: { keyPem, certPem },
    caFile,
    forget: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function toEnding(end: ConnectionEnd): Ending {
  switch (end.how) {
    case 'stream-error':
      return { kind: 'stream-error', code: end.code };
    case 'conflict':
      return { kind: 'conflict', type: 'replaced' };
    case 'xmlstreamend':
      return { kind: 'stream-end' };
    default:
      return { kind: end.how };
  }
}
