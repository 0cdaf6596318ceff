import type { StorageRule } from './allowed-numbers/allowed-number.ts';
import { createAllowedNumberRepository } from './allowed-numbers/allowed-number-repository.ts';
import {
  type AllowedNumberService,
  createAllowedNumberService,
} from './allowed-numbers/allowed-number-service.ts';
import { createStorageRules } from './allowed-numbers/storage-rules.ts';
import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import type { KeyRing } from './config/key-encryption-key.ts';
import type { Database } from './database/database.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import type { DeviceRepository } from './devices/device-repository.ts';
import type { EventLog } from './events/event-log.ts';
import { createDeviceTurns } from './history/device-turns.ts';
import { numberJid } from './history/history-entry.ts';
import { createHistoryRepository } from './history/history-repository.ts';
import { startHistorySync } from './history/history-sync.ts';
import { startHistoryUpkeep } from './history/history-upkeep.ts';
import { createHistoryWriter } from './history/history-writer.ts';
import { createIdentityBook } from './history/identity-book.ts';
import { startIdentityLearner } from './history/identity-learner.ts';
import { startOwnMessageRecorder } from './history/own-message-recorder.ts';
import { createOwnMessageRepository } from './history/own-message-repository.ts';
import { createRetentionRepository } from './history/retention-repository.ts';
import { createInboundIngest, type InboundIngest } from './inbound/inbound-ingest.ts';
import { createInboundRepository } from './inbound/inbound-repository.ts';
import { createMediaSealer } from './media/received-media-sealer.ts';
import type { MessageEvent } from './messages/message-events.ts';
import { startMessageRecorder } from './messages/message-recorder.ts';
import { createPollVoteRepository } from './messages/poll-vote-repository.ts';
import { createPollVotes, type PollVotes } from './messages/poll-votes.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import type { OutboundMessage } from './outbox/outbox-message.ts';
import type { EventBus } from './shared/event-bus.ts';
import type { DeviceId, WaMessageId } from './shared/ids.ts';

interface HistoryHostDeps extends Basics {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly devices: Pick<DeviceRepository, 'find' | 'list'>;
  readonly deviceEvents: EventBus<DeviceEvent>;
  readonly messageEvents: EventBus<MessageEvent>;
  readonly outboxEvents: EventBus<OutboxEvent>;
  /** A message the device sent; asked only when a message came. */
  findSent(deviceId: DeviceId, waMessageId: WaMessageId): Promise<OutboundMessage | null>;
  /** Erases what is kept of the device's chats beside the database. */
  eraseChats(deviceId: DeviceId): Promise<void>;
  readonly eventLog: Pick<EventLog, 'statements' | 'announce'>;
}

/** What is kept of what devices said, and who decides about it. */
export interface HistoryHost {
  readonly ingest: InboundIngest;
  /** Whether anything of what the device says or is told may be kept beside history. */
  mayKeepBodies(deviceId: DeviceId): Promise<boolean>;
  /** What is kept of what a device says and is told; its number in digits, null before it is known. */
  keepsOf(device: { deviceId: DeviceId; whatsappNumber: string | null }): Promise<StorageRule>;
  readonly allowedNumberService: AllowedNumberService;
  readonly pollVotes: PollVotes;
  readonly work: WorkToStart;
  /** Resolves when what was heard so far is stored, as far as it can be. */
  drain(): Promise<void>;
}

export function createHistoryHost(deps: HistoryHostDeps): HistoryHost {
  const { database, devices, deviceEvents, messageEvents, clock, ids, log, config } = deps;
  const numbers = createAllowedNumberRepository({ database });
  const rules = createStorageRules({ repository: numbers, clock });
  const { defaultCountry } = config.whatsapp;
  const repository = createHistoryRepository({ database });
  const identities = createIdentityBook({ repository, clock });
  const turns = createDeviceTurns();
  const pollVotes = createPollVotes({
    ...deps,
    repository: createPollVoteRepository({ database }),
    async numbersBehind(deviceId, lids) {
      const known = await repository.identities(deviceId, lids);
      return new Map(known.map(({ lid, number }) => [lid, numberJid(number)]));
    },
  });
  const ingest = createInboundIngest({
    repository: createInboundRepository(database, createMediaSealer(deps.keyRing)),
    rules,
    history: createHistoryWriter({ repository, identities }),
    votes: pollVotes,
    turns,
    events: deps.eventLog,
    published: messageEvents,
    ids,
    clock,
  });
  startIdentityLearner({ deviceEvents, devices, repository, identities, turns, clock, log });
  const { syncMessages, syncDays } = config.history;
  const limits = { messages: syncMessages, days: syncDays };
  const sync = startHistorySync({ ...deps, rules, repository, identities, turns, limits });
  const own = createOwnMessageRepository({ database });
  const ownRecorder = startOwnMessageRecorder({ ...deps, own, repository, identities, rules, turns });
  const recorder = startMessageRecorder({
    devices: deviceEvents,
    async keep(deviceId, message) {
      const device = await devices.find(deviceId);
      await ingest.keep(deviceId, message, { jid: device?.jid ?? null, lid: device?.lid ?? null });
    },
    log,
  });
  const allowedNumberService = createAllowedNumberService({
    ...deps,
    repository: numbers,
    rules,
    defaultCountry,
  });
  return {
    ingest,
    mayKeepBodies: rules.mayKeepBodies,
    keepsOf: async ({ deviceId, whatsappNumber }) => (await rules.decide(deviceId, whatsappNumber)).rule,
    allowedNumberService,
    pollVotes,
    work: {
      history: ownRecorder.startCatchUp,
      historyUpkeep: () =>
        startHistoryUpkeep({
          ...deps,
          retention: createRetentionRepository({ database }),
          repository,
          eraseWithheld: allowedNumberService.eraseLeftovers,
          days: config.history.days,
        }),
    },
    async drain() {
      await recorder.drain();
      await sync.drain();
      await ownRecorder.drain();
      await turns.drain();
    },
  };
}
