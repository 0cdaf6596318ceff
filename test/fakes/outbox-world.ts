import { beginAtOnce } from '../../src/outbox/begin-at-once.ts';
import type { Hold } from '../../src/outbox/hold.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import type { NewOutboxMessage } from '../../src/outbox/outbox-message.ts';
import { createOutboxRunner, type OutboxRunner } from '../../src/outbox/outbox-runner.ts';
import type { Pacer } from '../../src/outbox/pacer.ts';
import type { SendSignals } from '../../src/outbox/send-signals.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { OutgoingMessage } from '../../src/whatsapp/outgoing.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createFakeOutboxRows, type FakeOutboxRows } from './outbox-rows.ts';

export const DEVICE = 'ana' as DeviceId;
export const BUDI = '6281200000002@s.whatsapp.net' as Jid;

/** The runner of one device whose WhatsApp, rows and time are in the hands of the test. */
export interface OutboxWorld {
  readonly runner: OutboxRunner;
  readonly rows: FakeOutboxRows;
  readonly clock: ManualClock;
  readonly events: OutboxEvent[];
  /** What was handed to WhatsApp, in order. */
  readonly sent: OutgoingMessage[];
  /** Whose devices were asked anew. */
  readonly refreshed: Jid[];
  readonly signals: string[];
  /** What was told to be kept back. */
  readonly holds: Hold[];
  /** What the next sends reject with; null sends. */
  refusesToSend: Error | null;
  /** Accepts a message as the outbox does; a number names it. */
  accept(number: number, fields?: Partial<NewOutboxMessage>): Promise<string>;
  /** Stores it as claimed when the runner has its turn free; false when that is not so, or the device is not ours. */
  begin(number: number, fields?: Partial<NewOutboxMessage>): Promise<boolean>;
  /** The same as `accept` without telling the runner. */
  store(number: number, fields?: Partial<NewOutboxMessage>): Promise<string>;
  /** Opens a socket that has caught up already, unless told otherwise. */
  open(caughtUp?: Promise<void>): Promise<void>;
  close(): Promise<void>;
  /** WhatsApp takes the message that was handed over last, as the recorder tells it. */
  ack(number?: number): Promise<void>;
  nack(code: number, number?: number): Promise<boolean>;
  /** Lets everything that waits for nothing but promises go on. */
  settle(): Promise<void>;
  pass(ms: number): Promise<void>;
  /** The numbers of what was handed over. */
  numbersSent(): number[];
}

export const idOf = (number: number) => String(number).padStart(26, '0');
export const waIdOf = (number: number) => `3EB0${String(number).padStart(18, '0')}` as WaMessageId;

/** Writes down what pacing is told. */
function noting(signals: string[], clock: ManualClock): SendSignals {
  return {
    onAccepted: ({ id }) => signals.push(`accepted ${Number(id)}`),
    onReachoutLocked: ({ to }) => signals.push(`locked ${to}`),
    onRateLimited: ({ until }) => signals.push(`limited ${until.getTime() - clock.now().getTime()}`),
    onDelivered() {},
  };
}

export function createOutboxWorld(options: { pacer?: Pacer } = {}): OutboxWorld {
  const clock = createManualClock();
  const rows = createFakeOutboxRows(clock);
  const events: OutboxEvent[] = [];
  const sent: OutgoingMessage[] = [];
  const refreshed: Jid[] = [];
  const signals: string[] = [];
  const holds: Hold[] = [];
  const socket = {
    async send(message: OutgoingMessage) {
      if (world.refusesToSend) throw world.refusesToSend;
      sent.push(message);
    },
    async refreshRecipient(to: Jid) {
      refreshed.push(to);
    },
  };
  let isOpen = false;
  const runner = createOutboxRunner(DEVICE, {
    heldBack: (hold) => holds.push(hold),
    repository: rows,
    socket() {
      if (!isOpen) throw new AppError('DEVICE_NOT_CONNECTED');
      return socket;
    },
    publish: (event) => events.push(event),
    pacer: options.pacer ?? createGapPacer(),
    signals: noting(signals, clock),
    clock,
    log: silentLogger,
  });
  const lastNumber = () => Number(sent.at(-1)?.waMessageId.slice(4));

  const world: OutboxWorld = {
    runner,
    rows,
    clock,
    events,
    sent,
    refreshed,
    signals,
    holds,
    refusesToSend: null,
    async store(number, fields = {}) {
      await rows.add([newMessage(number, clock.now(), fields)]);
      return idOf(number);
    },
    async accept(number, fields = {}) {
      const message = newMessage(number, clock.now(), fields);
      await rows.add([message]);
      if (message.jobId !== undefined) runner.ring();
      else runner.offer({ ...message, attempts: 0, error: null });
      await world.settle();
      return message.id;
    },
    async begin(number, fields = {}) {
      const message = newMessage(number, clock.now(), fields);
      const deps = { reserve: runner.reserve, repository: rows, now: clock.now() };
      try {
        return await beginAtOnce({ message, beside: [] }, deps);
      } finally {
        await world.settle();
      }
    },
    async open(caughtUp = Promise.resolve()) {
      isOpen = true;
      runner.opened({ epoch: rows.epoch, caughtUp: () => caughtUp });
      await world.settle();
    },
    async close() {
      isOpen = false;
      runner.closed();
      await world.settle();
    },
    async ack(number = lastNumber()) {
      const waMessageIds = [waIdOf(number)];
      await rows.advance(DEVICE, { waMessageIds, status: 'server_ack', at: clock.now() });
      runner.accepted(waIdOf(number));
      await world.settle();
    },
    async nack(code, number = lastNumber()) {
      const heard = await runner.refused(waIdOf(number), code);
      await world.settle();
      return heard;
    },
    async settle() {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
    async pass(ms) {
      clock.advance(ms);
      await world.settle();
    },
    numbersSent: () => sent.map(({ waMessageId }) => Number(waMessageId.slice(4))),
  };
  return world;
}

function newMessage(number: number, dueAt: Date, fields: Partial<NewOutboxMessage>): NewOutboxMessage {
  return {
    id: idOf(number),
    deviceId: DEVICE,
    waMessageId: waIdOf(number),
    to: BUDI,
    kind: 'text',
    text: `text ${number}`,
    content: null,
    source: fields.jobId === undefined ? 'api' : 'job',
    ...(fields.jobId !== undefined && { itemIndex: number }),
    dueAt,
    delayMs: null,
    onAmbiguous: 'resend',
    expiresAt: null,
    ...fields,
  };
}

/** Items of jobs keep their gap, 3.5 s where they name none; everything else goes at once. */
function createGapPacer(): Pacer {
  let lastSentAt: number | null = null;
  return {
    pace({ jobId, delayMs }, now) {
      if (jobId === undefined || lastSentAt === null) return GO;
      const until = new Date(lastSentAt + (delayMs ?? 3_500));
      return until <= now ? GO : { kind: 'wait', until, reason: 'gap', holds: 'jobs' };
    },
    sent(_message, at) {
      lastSentAt = at.getTime();
    },
    forget() {},
  };
}

const GO = { kind: 'send', lane: null, warnings: [] } as const;
