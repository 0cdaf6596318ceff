import type { AlertOrder } from '../../src/alerts/alert.ts';
import { type AlertOrigin, createAlertIntake } from '../../src/alerts/alert-intake.ts';
import { createReplyReader } from '../../src/alerts/alert-replies.ts';
import { createAlertRepository } from '../../src/alerts/alert-repository.ts';
import { createAlertRunner } from '../../src/alerts/alert-runner.ts';
import { createAlertSender } from '../../src/alerts/alert-sender.ts';
import { createAlertService } from '../../src/alerts/alert-service.ts';
import { createMqttIntake } from '../../src/alerts/mqtt-intake.ts';
import { ackWords } from '../../src/alerts/reply-match.ts';
import type { Database } from '../../src/database/database.ts';
import type { DeviceDetails } from '../../src/devices/device-view.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import { systemClock as clock } from '../../src/shared/clock.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger as log } from '../../src/shared/logger.ts';
import { systemRandom as random } from '../../src/shared/random.ts';

/** A device as alerts look at it. */
export const deviceWith = (fields: Partial<DeviceDetails> = {}): DeviceDetails =>
  ({
    deviceId: 'siren',
    isConnected: true,
    hasSession: true,
    status: 'connected',
    cause: null,
    tags: ['system'],
    health: { rateLimitedUntil: null },
    ...fields,
  }) as DeviceDetails;

const NAMES = ['Night shift', 'Boss'];
const EVERYBODY = { mayUse: () => true, deviceIds: null };

/** What alerts look at, as a test says it is: one device, two people on every list, nothing heard. */
function createSurroundings() {
  let devices: readonly DeviceDetails[] = [deviceWith()];
  let people: readonly string[] = ['62811', '62812'];
  const logged: { seq: number; type: string; deviceId: string; data: Record<string, unknown> }[] = [];
  const rings: string[] = [];
  return {
    rings,
    deviceService: { list: async () => ({ items: [...devices], counts: {} }) },
    async listMessages(_listId: number, template: string) {
      if (people.length === 0) throw new AppError('VALIDATION_FAILED');
      return people.map((to) => ({ to, message: template, name: `Person ${to}` }));
    },
    lists: {
      async resolve(list: number | string) {
        const id = typeof list === 'number' ? list : NAMES.indexOf(list) + 1;
        const name = NAMES[id - 1];
        if (name === undefined) throw new AppError('RECIPIENT_LIST_NOT_FOUND', { list });
        return { id, name };
      },
    },
    mediaIntake: {
      take: async () => Promise.reject(new AppError('MEDIA_URL_FAILED')),
      receiveBase64: async () => Promise.reject(new AppError('MEDIA_BASE64_INVALID')),
    },
    events: {
      last: async () => logged.length,
      after: async (seq: number, limit: number) => logged.filter((event) => event.seq > seq).slice(0, limit),
    },
    wakeups: {
      async ring(_topic: string, id: string) {
        rings.push(id);
      },
    },
    setDevices(...now: readonly DeviceDetails[]) {
      devices = now;
    },
    setPeople(...now: readonly string[]) {
      people = now;
    },
    /** Somebody writes to the device. */
    hear(message: Record<string, unknown>) {
      logged.push({
        seq: logged.length + 1,
        type: 'message',
        deviceId: 'siren',
        data: { message: { fromMe: false, chatAlt: null, quotedMessageId: null, text: null, ...message } },
      });
    },
  };
}

/** Alerts as one process has them, on a real database and the real rows of the outbox, with nobody who sends. */
export function createAlertWorld(database: Database, { repeatMs = 60_000 } = {}) {
  const ids = createIds({ clock, random });
  const rows = createOutboxRepository({ database, clock });
  const alerts = createAlertRepository({ database });
  const around = createSurroundings();
  const { events, rings } = around;
  const tell = createAlertSender({ listMessages: around.listMessages, ids, clock });
  const parts = { ...around, alerts, tell, outbox: { accept: rows.add }, repeatMs, ids, clock, log };
  const intake = createAlertIntake(parts);
  const order = (message: string, fields: Partial<AlertOrder> = {}): AlertOrder => ({
    list: 'Night shift',
    message,
    data: [],
    image: null,
    escalate: null,
    requiresAck: false,
    pool: 'system',
    ...fields,
  });
  const service = createAlertService({ alerts, log });
  return {
    alerts,
    intake,
    service,
    rings,
    order,
    run: createAlertRunner(parts),
    takePacket: createMqttIntake({ alerts, intake, clock, log }),
    readReplies: createReplyReader({ alerts, events, words: ackWords(['ok']), log }),
    accept: (message: string, fields: Partial<AlertOrder> = {}, access: AlertOrigin['access'] = EVERYBODY) =>
      intake.accept(order(message, fields), { access, source: 'api', topic: null, keys: [] }, () => []),
    view: (alertId: string) => service.view(alertId, EVERYBODY),
    setDevices: around.setDevices,
    setPeople: around.setPeople,
    hear: around.hear,
    /** As if the time to escalate had come. */
    async passTime(alertId: string) {
      const past = new Date((await database.now()).getTime() - 1_000);
      await database.run({ text: 'update alert set escalate_at = ? where id = ?', params: [past, alertId] });
    },
    /** The texts that wait to be sent. */
    async texts(deviceId = 'siren'): Promise<(string | null)[]> {
      const page = await rows.page({ deviceId: deviceId as DeviceId, limit: 200 });
      return page.map(({ text }) => text).toReversed();
    },
  };
}
