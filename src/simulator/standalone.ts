import { join } from 'node:path';
import { systemClock } from '../shared/clock.ts';
import { silentLogger } from '../shared/logger.ts';
import { systemRandom } from '../shared/random.ts';
import type { ConnectionEnd } from './control/control-plugin.ts';
import { type ControlServer, startControlServer } from './control/control-server.ts';
import { openMediaHost } from './media/media-host.ts';
import { openMediaStore } from './media/media-store.ts';
import { openFolder, openTlsIdentity } from './media/media-tls.ts';
import { openPhones, type Phones } from './phone/phones.ts';
import type { Ending } from './server/endings.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

export interface StandaloneOptions extends Omit<SimulatorOptions, 'tls' | 'onRequest'> {
  /** 0, the default, lets the system choose. */
  readonly controlPort?: number;
  /** Bearer token of the control API; a random one by default. */
  readonly controlToken?: string;
  /** Of the media host; 0, the default, lets the system choose. */
  readonly mediaPort?: number;
  /** `tls` serves wss:// with the certificate of the media host. */
  readonly transport?: 'plain' | 'tls';
}

/** A server, its phones and the API that steers both. */
export interface StandaloneSimulator extends Simulator {
  readonly phones: Phones;
  readonly controlUrl: string;
  readonly controlToken: string;
  /** `https://127.0.0.1:PORT`: what files are uploaded to and downloaded from. */
  readonly mediaOrigin: string;
  /** Path of the certificate (PEM) of the CA behind it. */
  readonly caFile: string;
}

/** Starts everything; what `close` ends. Rejects when a port is taken or the stored state cannot be read. */
export async function startSimulatorWithPhones(
  options: StandaloneOptions = {},
): Promise<StandaloneSimulator> {
  const { clock = systemClock, random = systemRandom, log = silentLogger, stateDir = null } = options;
  const { controlPort: port = 0, controlToken: token = random.bytes(24).toString('base64url') } = options;
  let control: ControlServer | null = null;
  let server: Simulator | null = null;
  const files = await openFiles(options, () => server);
  const closing: (() => void | Promise<void>)[] = [files.close];
  const close = async () => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    const simulator = await startSimulator({
      ...options,
      mediaHosts: [files.host],
      tls: options.transport === 'tls' ? files.tls : null,
      onRequest: (request, response) => control?.handleForeignRequest(request, response) ?? false,
    });
    server = simulator;
    closing.push(simulator.close);
    const { core, faults, history } = simulator;
    const phones = openPhones({ core, stateDir, mediaCa: files.tls.caPem, clock, random, log });
    // The phones hear of what the server still does while it closes.
    closing.splice(1, 0, phones.close);
    const endConnection = (phoneNumber: string, device: number, end: ConnectionEnd) =>
      simulator.endConnection({ phoneNumber, device }, toEnding(end));
    const target = { core, phones, faults, history, clock, media: files.store, endConnection };
    control = await startControlServer({ target, token, port, log });
    closing.push(control.close);
    const addresses = { controlUrl: control.url, controlToken: token, mediaOrigin: `https://${files.host}` };
    return { ...simulator, ...addresses, phones, caFile: files.tls.caFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The media host and what it stands on. */
async function openFiles(options: StandaloneOptions, server: () => Simulator | null) {
  const { clock = systemClock, random = systemRandom, stateDir = null, mediaPort = 0 } = options;
  const folder = openFolder(stateDir);
  const tls = openTlsIdentity(folder.path, { clock, random });
  const store = openMediaStore(join(folder.path, 'media'), random);
  const media = await openMediaHost({
    port: mediaPort,
    tls,
    store,
    clock,
    strike: (kinds, at) => server()?.faults.strike(kinds, null, at) ?? null,
    picture: (id) => server()?.core.findPicture(id) ?? null,
    record: (event) => server()?.history.append(event),
  });
  const close = async () => {
    await media.close();
    folder.forget();
  };
  return { tls, store, host: media.host, close };
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
