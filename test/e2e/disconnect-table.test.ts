import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceCause } from '../../src/devices/device-cause.ts';
import type { DisconnectCause } from '../../src/whatsapp/disconnect.ts';
import { codeOf, readText, tableRows } from '../house/markdown.ts';
import { ORDEALS, type Ordeal } from '../support/chaos-disconnects.ts';
import { type Actor, type ShownStatus, type Stage, startStage } from '../support/chaos-stage.ts';
import { type DeviceAnswer, expectOk } from '../support/client.ts';

interface Row extends Ordeal {
  readonly cause: DisconnectCause;
  readonly title: string;
}

const causes = Object.keys(ORDEALS).filter((cause): cause is DisconnectCause => cause in ORDEALS);
const rows: Row[] = causes.flatMap((cause) =>
  ORDEALS[cause].map((ordeal) => ({ ...ordeal, cause, title: `${cause}: ${ordeal.name}` })),
);
/** What the devices that came to rest must still show after a restart of the server. */
const atRest: { readonly actor: Actor; readonly row: Row }[] = [];
const actors = new Map<Row, Actor>();
let stage: Stage;

beforeAll(async () => {
  // A short keep-alive, so that silence is noticed within seconds.
  stage = await startStage({ WA_KEEPALIVE_INTERVAL_MS: '1000' });
  for (let index = 0; index < rows.length; index += 8) {
    const batch = rows.slice(index, index + 8).map(async (row) => {
      actors.set(row, row.device === 'paired' ? await stage.addPaired() : await stage.addNew());
    });
    await Promise.all(batch);
  }
}, 120_000);
afterAll(() => stage.close());

describe('a device whose connection ends shows why, when it tries again, and what a person must do', () => {
  it.each(rows)('$title', async (row) => {
    const actor = actorOf(row);
    await row.prepare?.(actor, stage);
    const from = stage.server.events.length;
    const before = Date.now();
    await row.provoke(actor, stage);
    const shown = await actor.status(({ status, cause }) => status === row.status && isLast(cause), from);
    const after = Date.now();

    expect(shown.cause).toMatchObject({ code: row.cause, source: row.source });
    expect(shown.isConnected).toBe(false);
    const { reason, action } = deviceCause(row.cause, 'local');
    expect(shown.cause).toMatchObject({ reason, action });
    expectRetry(shown, row, { before, after });
    await expectReaction(actor, row, shown);

    function isLast(cause: ShownStatus['cause']): boolean {
      return cause !== null && (cause.retryAt === null) === (row.retryInMs === null);
    }
  });

  it('and what rested still rests after a restart of the server, without a QR code', async () => {
    const offers = stage.simulator.history.of('pairing-offered').length;
    stage.server = await stage.server.restart();
    for (const { actor, row } of atRest) {
      const { data } = await stage.server.api.get<DeviceAnswer>(`devices/${actor.deviceId}`);
      expect({ row: row.title, ...data }).toMatchObject({
        status: row.status,
        hasSession: false,
        qrCode: null,
        cause: { code: row.cause },
      });
    }
    const waiting = actorOf(rows.find(({ cause }) => cause === 'temp_banned') ?? rows[0]);
    const { data } = await stage.server.api.get<DeviceAnswer>(`devices/${waiting.deviceId}`);
    expect(data).toMatchObject({ cause: { code: 'temp_banned', retryAt: expect.any(String) } });
    expect(stage.server.events.filter(({ type }) => type === 'qr')).toEqual([]);
    expect(stage.simulator.history.of('pairing-offered')).toHaveLength(offers);
  });
});

describe('docs/causes.md', () => {
  const [first = ''] = readText('docs/causes.md').split('## What happened here');
  const documented = new Map(tableRows(first).map(([code, from = '']) => [codeOf(code), from]));

  it('explains in its first table exactly what the other side can cause', () => {
    expect([...documented.keys()].sort()).toEqual([...causes].sort());
  });

  it('names under each cause the numbers that were provoked, and no others', () => {
    for (const [cause, from] of documented) {
      const provoked = rows.filter((row) => row.cause === cause).flatMap(({ code }) => code ?? []);
      const named = from.replace('HTTP 5xx', '500').match(/\b\d{3}\b/g) ?? [];
      expect({ cause, numbers: new Set(named.map(Number)) }).toEqual({ cause, numbers: new Set(provoked) });
    }
  });
});

function actorOf(row: Row | undefined): Actor {
  const actor = row && actors.get(row);
  if (!actor) throw new Error('the row has no device');
  return actor;
}

function expectRetry(
  { cause }: ShownStatus,
  { retryInMs }: Row,
  { before, after }: { before: number; after: number },
): void {
  if (retryInMs === null) {
    expect(cause?.retryAt).toBeNull();
    return;
  }
  const retryAt = Date.parse(cause?.retryAt ?? '');
  expect(retryAt).toBeGreaterThanOrEqual(before + retryInMs[0]);
  expect(retryAt).toBeLessThanOrEqual(after + retryInMs[1]);
}

/** Comes back by itself where a retry is near; else nothing is opened, and the stored session is what it should be. */
async function expectReaction(actor: Actor, row: Row, shown: ShownStatus): Promise<void> {
  const { deviceId } = actor;
  const { api } = stage.server;
  if (row.cause === 'pairing_failed') {
    const from = stage.server.events.indexOf(shown);
    await stage.server.waitForEvent((each) => each.type === 'qr' && each.deviceId === deviceId, from);
    await expectSession(deviceId, row);
    await api.delete(`devices/${deviceId}/disconnect?logout=false`);
    return;
  }
  if (row.retryInMs !== null && row.retryInMs[1] <= 2_000) {
    await actor.connected();
    const { data } = await api.get<DeviceAnswer>(`devices/${deviceId}`);
    expect(data).toMatchObject({ status: 'connected', hasSession: true, cause: null });
    await expectStopped(deviceId);
    return;
  }
  if (row.cause === 'owned_elsewhere') {
    expect(await api.post(`devices/${deviceId}/connect`)).toMatchObject({
      status: 409,
      code: 'DEVICE_OWNED_ELSEWHERE',
    });
    return;
  }
  const { data } = await api.get<DeviceAnswer>(`devices/${deviceId}`);
  expect(data).toMatchObject({ status: row.status, isConnected: false, qrCode: null, cause: shown.cause });
  const isPaired = row.device === 'paired' && row.session === 'kept';
  expect(data.hasSession).toBe(isPaired);
  await expectSession(deviceId, row);
  if (!isPaired) atRest.push({ actor, row });
  else if (row.cause !== 'temp_banned') await expectStopped(deviceId);
}

/** So that it disturbs no other row. */
async function expectStopped(deviceId: string): Promise<void> {
  const { data } = expectOk(
    await stage.server.api.delete<DeviceAnswer>(`devices/${deviceId}/disconnect?logout=false`),
  );
  expect(data).toMatchObject({ status: 'disconnected', hasSession: true, cause: { code: 'stopped' } });
}

async function expectSession(deviceId: string, { device, session }: Row): Promise<void> {
  const count = (table: string) => stage.rows(`select 1 from ${table} where device_id = ?`, deviceId).length;
  if (device === 'new') {
    expect(count('auth_creds')).toBe(0);
    return;
  }
  if (session === 'kept') {
    expect([count('auth_creds'), count('auth_data_key'), count('auth_tombstone')]).toEqual([1, 1, 0]);
    return;
  }
  // Setting aside follows the change of state; a request on the device waits for it, and this one finds nothing to do.
  await stage.server.api.post(`devices/${deviceId}/restore`);
  expect([count('auth_creds'), count('auth_key'), count('auth_tombstone')]).toEqual([0, 0, 1]);
}
