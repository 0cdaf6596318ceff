import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createLeaseKeeper, type LeaseKeeper } from '../../src/leases/lease-keeper.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createManualClock, type ManualClock } from '../fakes/manual-clock.ts';
import { deviceIdOf, temporaryFolder } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

interface Node {
  readonly keeper: LeaseKeeper;
  readonly clock: ManualClock;
  readonly lost: (DeviceId | 'all')[];
  /** Resolves with the next loss. */
  nextLoss(): Promise<DeviceId | 'all'>;
}

const HOLDER = join(import.meta.dirname, '../support/lease-holder.ts');

describeOnEachDatabase('lease keeper', (open) => {
  let url: string;
  let database: Database;
  let devices = 0;

  beforeAll(async () => {
    url = await open.freshUrl();
    database = await open(url);
    const { migrate } = await import('../../src/database/migrate.ts');
    await migrate(database, { log: silentLogger });
  });

  const newDevice = () => {
    devices += 1;
    return deviceIdOf(`device-${devices}`);
  };

  /** A node of a machine of its own, unless `dataDir` says which. */
  async function startNode(options: { dataDir?: string; through?: Database } = {}): Promise<Node> {
    const clock = createManualClock();
    const keeper = createLeaseKeeper({
      database: options.through ?? database,
      clock,
      ids: createIds({ clock, random: systemRandom }),
      log: silentLogger,
      dataDir: options.dataDir ?? temporaryFolder(),
    });
    const lost: (DeviceId | 'all')[] = [];
    keeper.onLost((what) => lost.push(what));
    await keeper.start();
    onTestFinished(() => keeper.stop());
    const nextLoss = () =>
      new Promise<DeviceId | 'all'>((resolve) => {
        const unsubscribe = keeper.onLost((what) => {
          unsubscribe();
          resolve(what);
        });
      });
    return { keeper, clock, lost, nextLoss };
  }

  const nodeOf = async (deviceId: DeviceId) => {
    const [row] = await database.query<{ node_id: string }>({
      text: 'select node_id from device_lease where device_id = ?',
      params: [deviceId],
    });
    return row?.node_id ?? '';
  };

  /** As if the node had not renewed for longer than its time. */
  const lapse = (nodeId: string) =>
    database.run({
      text: 'update node set expires_at = ? where node_id = ?',
      params: [new Date(1_000), nodeId],
    });

  async function addDevice(desired: 'running' | 'stopped'): Promise<DeviceId> {
    const deviceId = newDevice();
    await database.run({
      text: `insert into device (device_id, record_number, tags, settings, desired, link_state, last_status, created_at, updated_at)
        values (?, ?, '[]', '{}', ?, 'linked', 'connected', ?, ?)`,
      params: [deviceId, devices, desired, new Date(), new Date()],
    });
    return deviceId;
  }

  it('gives a device to one node, and to the next under a higher epoch', async () => {
    const deviceId = newDevice();
    const [one, two] = [await startNode(), await startNode()];
    expect(await one.keeper.claim(deviceId)).toEqual({ kind: 'claimed', epoch: 1 });
    expect(await one.keeper.claim(deviceId)).toEqual({ kind: 'claimed', epoch: 1 });
    expect(await two.keeper.claim(deviceId)).toEqual({
      kind: 'owned-elsewhere',
      nodeId: await nodeOf(deviceId),
    });
    await one.keeper.release(deviceId);
    await one.keeper.release(deviceId);
    expect([...one.keeper.held()]).toEqual([]);
    expect(await two.keeper.claim(deviceId)).toEqual({ kind: 'claimed', epoch: 2 });
    expect([...two.keeper.held()]).toEqual([[deviceId, 2]]);
  });

  it('has one winner however many claim at once', async () => {
    const nodes = await Promise.all(Array.from({ length: 5 }, () => startNode()));
    for (let round = 0; round < 10; round += 1) {
      const deviceId = newDevice();
      const claims = await Promise.all(
        nodes.flatMap(({ keeper }) => [keeper.claim(deviceId), keeper.claim(deviceId)]),
      );
      const claimed = claims.filter(({ kind }) => kind === 'claimed');
      expect(claimed).toEqual([
        { kind: 'claimed', epoch: 1 },
        { kind: 'claimed', epoch: 1 },
      ]);
      expect(nodes.filter(({ keeper }) => keeper.held().has(deviceId))).toHaveLength(1);
    }
  });

  it('keeps its leases while it renews', async () => {
    const deviceId = newDevice();
    const renewed = Promise.withResolvers<void>();
    const watched: Database = {
      ...database,
      async query(statement) {
        const rows = await database.query<never>(statement);
        if (statement.text.includes('where boot_id = ?')) renewed.resolve();
        return rows;
      },
    };
    const { keeper, clock, lost } = await startNode({ through: watched });
    await keeper.claim(deviceId);
    const nodeId = await nodeOf(deviceId);
    const soon = new Date((await database.now()).getTime() + 5_000);
    await database.run({ text: 'update node set expires_at = ? where node_id = ?', params: [soon, nodeId] });
    clock.advance(5_000);
    await renewed.promise;
    const [row] = await database.query<{ expires_at: Date }>({
      text: 'select expires_at from node where node_id = ?',
      params: [nodeId],
    });
    expect(Number(row?.expires_at)).toBeGreaterThan(soon.getTime());
    expect(lost).toEqual([]);
    expect([...keeper.held()]).toEqual([[deviceId, 1]]);
  });

  it('loses everything when it slept past its time, and comes back as somebody new', async () => {
    const [deviceId, otherId] = [newDevice(), newDevice()];
    const [sleeper, heir] = [await startNode(), await startNode()];
    await sleeper.keeper.claim(deviceId);
    await sleeper.keeper.claim(otherId);
    await lapse(await nodeOf(deviceId));
    expect(await heir.keeper.claim(deviceId)).toEqual({ kind: 'claimed', epoch: 2 });

    const loss = sleeper.nextLoss();
    sleeper.clock.advance(5_000);
    expect(await loss).toBe('all');
    expect(sleeper.keeper.held().size).toBe(0);
    expect((await sleeper.keeper.claim(deviceId)).kind).toBe('owned-elsewhere');
    expect(await sleeper.keeper.claim(otherId)).toEqual({ kind: 'claimed', epoch: 2 });
    expect(sleeper.lost).toEqual(['all']);
    expect(heir.lost).toEqual([]);
  });

  it('gives up by itself after ten seconds without an answer, before others may take over', async () => {
    const deviceId = newDevice();
    let answers = true;
    const flaky: Database = {
      ...database,
      run: (statement) => (answers ? database.run(statement) : new Promise(() => {})),
    };
    const { keeper, clock, lost } = await startNode({ through: flaky });
    await keeper.claim(deviceId);
    answers = false;
    clock.advance(9_999);
    expect(lost).toEqual([]);
    clock.advance(1);
    expect(lost).toEqual(['all']);
    expect(keeper.held().size).toBe(0);
    answers = true;
  });

  it('notices that a single device went to somebody else', async () => {
    const [kept, moved] = [newDevice(), newDevice()];
    const node = await startNode();
    await node.keeper.claim(kept);
    await node.keeper.claim(moved);
    await database.run({
      text: "update device_lease set boot_id = 'somebody', epoch = 9 where device_id = ?",
      params: [moved],
    });
    const loss = node.nextLoss();
    node.clock.advance(5_000);
    expect(await loss).toBe(moved);
    expect([...node.keeper.held()]).toEqual([[kept, 1]]);
  });

  it('lists what should run and nobody runs', async () => {
    await database.run({ text: 'delete from device', params: [] });
    const [free, mine, theirs, lapsed] = [
      await addDevice('running'),
      await addDevice('running'),
      await addDevice('running'),
      await addDevice('running'),
    ];
    await addDevice('stopped');
    const [me, other, dead] = [await startNode(), await startNode(), await startNode()];
    await me.keeper.claim(mine);
    await other.keeper.claim(theirs);
    await dead.keeper.claim(lapsed);
    await lapse(await nodeOf(lapsed));
    expect(await me.keeper.claimable()).toEqual([free, lapsed].sort());
  });

  it('leaves nothing behind when it stops, and has its name again after a restart', async () => {
    const dataDir = temporaryFolder();
    const deviceId = newDevice();
    const before = await startNode({ dataDir });
    await before.keeper.claim(deviceId);
    const name = await nodeOf(deviceId);
    await before.keeper.stop();
    const after = await startNode({ dataDir });
    expect(await after.keeper.claim(deviceId)).toEqual({ kind: 'claimed', epoch: 2 });
    expect(await nodeOf(deviceId)).toBe(name);
  });

  it('gives each process of a data folder a name of its own', async () => {
    const dataDir = temporaryFolder();
    const [one, two] = [await startNode({ dataDir }), await startNode({ dataDir })];
    const deviceId = newDevice();
    await one.keeper.claim(deviceId);
    expect((await two.keeper.claim(deviceId)).kind).toBe('owned-elsewhere');
    expect(await two.keeper.claimable()).not.toContain(deviceId);
  });

  it('does not take a name that is alive on another machine with a copy of the folder', async () => {
    const dataDir = temporaryFolder();
    const deviceId = newDevice();
    const original = await startNode({ dataDir });
    await original.keeper.claim(deviceId);
    const name = await nodeOf(deviceId);
    await original.keeper.stop();
    await database.run({
      text: 'insert into node (node_id, boot_id, machine_id, started_at, expires_at) values (?, ?, ?, ?, ?)',
      params: [name, 'other boot', 'other kernel', new Date(), new Date(Date.now() + 60_000)],
    });
    const copy = await startNode({ dataDir });
    await copy.keeper.claim(deviceId);
    expect(await nodeOf(deviceId)).not.toBe(name);
  });

  it('takes the devices of a killed process back at once, and never those of a stopped one', async () => {
    const dataDir = temporaryFolder();
    const [first, second] = [await addDevice('running'), await addDevice('running')];
    const child = await startHolder([url, dataDir, first, second]);
    child.kill('SIGSTOP');
    const bystander = await startNode({ dataDir });
    expect((await bystander.keeper.claim(first)).kind).toBe('owned-elsewhere');

    await kill(child);
    expect(await bystander.keeper.claimable()).toEqual(expect.arrayContaining([first, second]));
    expect(await bystander.keeper.claim(first)).toEqual({ kind: 'claimed', epoch: 2 });

    const restarted = await startNode({ dataDir });
    expect(await restarted.keeper.claim(second)).toEqual({ kind: 'claimed', epoch: 2 });
  });
});

async function startHolder(parameters: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [HOLDER, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) if (line === 'held') return child;
  throw new Error('the child ended before it held its devices');
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
