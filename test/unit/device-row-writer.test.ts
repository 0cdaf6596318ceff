import { expect, it } from 'vitest';
import type { DeviceChange } from '../../src/devices/device-ports.ts';
import { createDeviceRowWriter } from '../../src/devices/device-row-writer.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ANA } from '../fakes/device-world.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

function setUp() {
  const clock = createManualClock();
  const written: DeviceChange[] = [];
  const database = { isDown: false };
  const rows = {
    async update(_deviceId: string, change: DeviceChange) {
      if (database.isDown) throw new Error('no database');
      written.push(change);
    },
  };
  return { clock, written, database, writer: createDeviceRowWriter(ANA, { rows, clock, log: silentLogger }) };
}

it('merges what changes while a change is being written', async () => {
  const { writer, written } = setUp();
  writer.write({ lastStatus: 'connected' });
  writer.write({ lastStatus: 'reconnecting' });
  writer.write({ pushName: 'Ana' });
  await writer.flush();
  expect(written).toEqual([{ lastStatus: 'connected' }, { lastStatus: 'reconnecting', pushName: 'Ana' }]);
});

it('keeps a change until the database takes it, the newest words winning', async () => {
  const { writer, written, database, clock } = setUp();
  database.isDown = true;
  writer.write({ lastStatus: 'connected', pushName: 'Ana' });
  await expect(writer.flush()).rejects.toThrow('no database');
  writer.write({ lastStatus: 'error' });
  await expect(writer.flush()).rejects.toThrow('no database');
  database.isDown = false;
  clock.advance(5_000);
  await writer.flush();
  expect(Object.assign({}, ...written)).toEqual({ lastStatus: 'error', pushName: 'Ana' });
});

it('writes nothing after it was closed', async () => {
  const { writer, written } = setUp();
  writer.close();
  writer.write({ lastStatus: 'connected' });
  await writer.flush();
  expect(written).toEqual([]);
});
