import BetterSqlite3 from 'better-sqlite3';
import type { FaultAction } from '../../src/simulator/faults/fault.ts';
import type { Ending } from '../../src/simulator/server/endings.ts';
import { overWire, startWire, type Wire } from './chaos-wire.ts';
import { expectOk } from './client.ts';
import type { ServerEvent } from './live.ts';
import { startServer, type TestServer } from './server.ts';
import { startTestSimulator, type TestSimulator } from './simulator.ts';

/** Why a device is not well, as the API shows it. */
export interface ShownCause {
  readonly code: string;
  readonly source: string;
  readonly reason: string;
  readonly retryAt: string | null;
  readonly action: string | null;
}

/** A server in this process, the simulator, and a wire between them that can be disturbed. */
export interface Stage {
  readonly simulator: TestSimulator;
  readonly wire: Wire;
  server: TestServer;
  /** Adds a device and pairs it with a phone of its own. */
  addPaired(): Promise<Actor>;
  /** Adds a device that nobody has paired. */
  addNew(): Promise<Actor>;
  /** Rows of the server's own database, read past the server. */
  rows(sql: string, ...params: string[]): readonly unknown[];
  /** Changes the server's own database behind its back. */
  change(sql: string, ...params: string[]): void;
  close(): Promise<void>;
}

/** One device on the stage and what can happen to it. */
export interface Actor {
  readonly deviceId: string;
  readonly phoneNumber: string;
  /** WhatsApp's server ends the open connection. */
  end(ending: Ending): void;
  /** The next connection, opened now, meets the fault. */
  meet(fault: FaultAction): Promise<void>;
  restart(): Promise<void>;
  connected(): Promise<void>;
  /** The first status event from event `from` on that passes. */
  status(passes: (shown: ShownStatus) => boolean, from: number): Promise<ShownStatus>;
}

export interface ShownStatus extends ServerEvent {
  readonly status: string;
  readonly isConnected: boolean;
  readonly hasSession: boolean;
  readonly cause: ShownCause | null;
}

const FIRST_NUMBER = 6_281_200_000_001;

/** `environment`: keys of the server beyond the usual ones. */
export async function startStage(environment: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const simulator = await startTestSimulator();
  const wire = await startWire(simulator.port);
  const place = { url: overWire(simulator.url, wire), rootKeyHex: simulator.rootKeyHex };
  const server = await startServer({
    simulator: place,
    environment: { RATE_LIMIT_PER_MINUTE: '0', ...environment },
  });
  const database = new BetterSqlite3(`${server.dataDir}/wafleet.db`, { timeout: 5_000 });
  let count = 0;

  const stage: Stage = {
    simulator,
    wire,
    server,
    async addNew() {
      const actor = createActor(stage, {
        deviceId: `actor-${count}`,
        phoneNumber: String(FIRST_NUMBER + count),
      });
      count += 1;
      await stage.server.createDevice(actor.deviceId);
      return actor;
    },
    async addPaired() {
      const actor = await stage.addNew();
      await stage.server.pairByQr(actor.deviceId, simulator.phone(actor.phoneNumber, actor.deviceId));
      return actor;
    },
    rows: (sql, ...params) => database.prepare(sql).all(...params),
    change: (sql, ...params) => void database.prepare(sql).run(...params),
    async close() {
      database.close();
      await stage.server.stop();
      await wire.close();
      await simulator.close();
    },
  };
  return stage;
}

function createActor(stage: Stage, who: { deviceId: string; phoneNumber: string }): Actor {
  const { deviceId, phoneNumber } = who;
  const { simulator } = stage;
  const restart = async () => {
    expectOk(await stage.server.api.post(`devices/${deviceId}/restart`));
  };
  return {
    ...who,
    end(ending) {
      if (!simulator.endConnection({ phoneNumber, device: 1 }, ending)) {
        throw new Error(`${deviceId} is not online`);
      }
    },
    async meet(fault) {
      simulator.faults.add({ ...fault, times: 1, target: { phoneNumber } });
      await restart();
    },
    restart,
    connected: () => stage.server.waitForStatus(deviceId, 'connected'),
    async status(passes, from) {
      const event = await stage.server.waitForEvent(
        (each) => isStatus(each) && each.deviceId === deviceId && passes(each),
        from,
      );
      if (!isStatus(event)) throw new Error('not a status');
      return event;
    },
  };
}

function isStatus(event: ServerEvent): event is ShownStatus {
  return event.type === 'status' && 'cause' in event;
}
