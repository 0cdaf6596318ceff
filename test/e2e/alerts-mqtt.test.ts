import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AlertStage, startAlertStage } from '../support/alerts.ts';
import { describeWithBroker, type PrivateMosquitto, startMosquitto } from '../support/mosquitto.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const SIREN = '6281200000130';
const ANA = '6281200000131';
const BOSS = '6281200000132';
const PASSWORD = 'a-password-of-the-broker';

interface TopicsAnswer {
  readonly listening: boolean;
  readonly from: string;
  readonly topics: readonly { filter: string; list: string | number }[];
}

describeWithBroker('a message of the broker', () => {
  let simulator: TestSimulator;
  let broker: PrivateMosquitto;
  let stage: AlertStage;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    broker = await startMosquitto({ login: { user: 'wafleet', password: PASSWORD } });
    stage = await startAlertStage(simulator, {
      account: SIREN,
      environment: {
        MQTT_URL: broker.url,
        MQTT_TOPICS: 'plant/+/alarm=Night shift',
        ALERT_REPEAT_SECONDS: '0',
      },
    });
    await stage.makeList('Night shift', [ANA]);
    await stage.makeList('Boss', [BOSS]);
    await isHeard('SUBACK');
  });
  afterAll(async () => {
    await stage.stop();
    await broker.stop();
    await simulator.close();
  });

  /** The broker has done something for our session, after so many lines of its log. */
  const isHeard = (what: string, from = 0) =>
    broker.heard((line) => line.includes(what) && line.includes('wafleet'), from);
  const setPool = (tags: readonly string[]) => stage.client.api.patch('devices/siren', { tags });

  it('alerts the list of its topic, with its readings', async () => {
    await broker.publish(
      'plant/7/alarm',
      JSON.stringify({ message: 'tank full', level: 98, data: { unit: '%' } }),
    );
    expect((await stage.arrives(ANA, 'tank full')).text).toBe('tank full\n\nlevel: 98\nunit: %');
    await broker.publish('plant/8/alarm', 'a plain text');
    await stage.arrives(ANA, 'a plain text');
    await broker.publish('plant/9/alarm', JSON.stringify({ celsius: 120 }));
    await stage.arrives(ANA, 'plant/9/alarm');
  });

  it('with an id alerts once, however often it is published', async () => {
    const payload = JSON.stringify({ id: 'alarm-1', message: 'named' });
    await broker.publish('plant/1/alarm', payload);
    await broker.publish('plant/1/alarm', payload);
    await broker.publish('plant/1/alarm', 'after the named one');
    await stage.arrives(ANA, 'after the named one');
    expect(stage.copies(ANA, 'named')).toBe(1);
  });

  it('is lost in no kill between its arrival and its row, and alerts once', async () => {
    await setPool([]);
    const from = broker.lines().length;
    await broker.publish('plant/2/alarm', 'through a kill');
    await isHeard('Sending PUBLISH to', from);
    await stage.killAndRestart();
    await broker.publish('plant/2/alarm', 'while nobody could send');
    await setPool(['system']);
    await stage.arrives(ANA, 'through a kill');
    await stage.arrives(ANA, 'while nobody could send');
    expect(stage.copies(ANA, 'through a kill')).toBe(1);
  });

  it('waits at the broker while the server is down, and the server comes back when the broker was', async () => {
    await stage.server.kill('SIGKILL');
    await broker.publish('plant/3/alarm', 'while we were down');
    await stage.killAndRestart();
    await stage.arrives(ANA, 'while we were down');
    await broker.restart();
    const from = broker.lines().length;
    await isHeard('New client connected', Math.max(0, from - 5));
    await broker.publish('plant/3/alarm', 'after the broker came back');
    await stage.arrives(ANA, 'after the broker came back');
  });

  it('follows the rules that are stored, with escalation', async () => {
    const { api } = stage.client;
    expect((await api.get<TopicsAnswer>('alerts/mqtt')).data).toMatchObject({
      configured: true,
      listening: true,
      from: 'configuration',
      topics: [{ filter: 'plant/+/alarm', list: 'Night shift' }],
    });
    const from = broker.lines().length;
    const rule = { filter: 'house/#', list: 'Night shift', escalate: { list: 'Boss', afterSeconds: 5 } };
    const stored = await api.put<TopicsAnswer>('alerts/mqtt', { topics: [rule] });
    expect(stored.data).toMatchObject({ from: 'stored', topics: [{ filter: 'house/#' }] });
    await isHeard('SUBSCRIBE', from);
    await isHeard('SUBACK', from);
    await broker.publish('house/door', 'door open');
    await stage.arrives(ANA, 'door open');
    await stage.arrives(BOSS, 'door open');
    for (const filter of ['a/#/b', 'a+b', '']) {
      expect(await api.put('alerts/mqtt', { topics: [{ ...rule, filter }] })).toMatchObject({
        code: 'VALIDATION_FAILED',
      });
    }
  });

  it('and what belongs to the broker are nowhere in the log', () => {
    const log = `${stage.server.lines.all.join('\n')}\n${stage.server.complaints()}`;
    expect(log).toContain('connected to the broker');
    for (const secret of [PASSWORD, 'tank full', ANA]) expect(log).not.toContain(secret);
  });
});
