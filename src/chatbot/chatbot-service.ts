import type { Egress } from '../egress/egress-client.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Random } from '../shared/random.ts';
import type { RingSealer } from '../shared/ring-sealer.ts';
import { newWebhookSecret } from '../shared/standard-webhooks.ts';
import { type DefaultCountry, parsePhoneNumber } from '../whatsapp/phone-number.ts';
import type { BotEvents } from './bot-events.ts';
import { trialBody } from './bot-question.ts';
import type { Chatbot, ChatbotStatus, TurnStatus } from './chatbot.ts';
import type { ChatbotRepository } from './chatbot-repository.ts';
import { secretContext } from './chatbot-secret.ts';
import { type ChatbotView, type TurnView, toChatbotView, toTurnView } from './chatbot-view.ts';
import type { AskBot } from './endpoint-call.ts';
import type { TurnRepository } from './turn-repository.ts';

export interface ChatbotServiceDeps {
  readonly bots: Omit<ChatbotRepository, 'active'>;
  readonly turns: Pick<TurnRepository, 'page'>;
  readonly events: Pick<BotEvents, 'last'>;
  readonly egress: Pick<Egress, 'checkUrl'>;
  readonly ask: AskBot;
  readonly sealer: RingSealer;
  readonly ids: Ids;
  readonly random: Random;
  readonly clock: Clock;
  readonly defaultCountry: DefaultCountry;
}

/** Which devices a caller may touch; bots of others do not exist for them. */
export interface Reach {
  readonly deviceIds: readonly string[] | null;
  mayUse(deviceId: string): boolean;
}

export interface ChatbotOrder {
  readonly number: string;
  /** A deviceId or a record number. */
  readonly session?: string | undefined;
  readonly status: ChatbotStatus;
  readonly endpointUrl?: string | undefined;
  readonly answersGroups: boolean;
}

export interface ChatbotListing {
  readonly number?: string | undefined;
  readonly status?: ChatbotStatus | undefined;
  readonly page: number;
  readonly pageSize: number;
}

/** What an endpoint answered to a question that nobody wrote; nothing of it is sent. */
export interface Trial {
  readonly ok: boolean;
  readonly status: number | null;
  readonly reason: string | null;
  readonly replies: readonly string[];
  readonly tookMs: number;
}

export type ChatbotService = ReturnType<typeof createChatbotService>;

/** What one can do with chatbots. With an id every method throws CHATBOT_NOT_FOUND. */
export function createChatbotService(deps: ChatbotServiceDeps) {
  const { bots, turns, events, egress, ask, sealer, ids, random, clock } = deps;
  const numberOf = (text: string) => parsePhoneNumber(text, deps.defaultCountry);

  async function isInReach({ deviceId, number }: Pick<Chatbot, 'deviceId' | 'number'>, reach: Reach) {
    if (reach.deviceIds === null) return true;
    const devices = deviceId === null ? await bots.devicesOf(number) : [deviceId];
    return devices.some((id) => reach.mayUse(id));
  }

  async function required(bot: Chatbot | null, reach: Reach): Promise<Chatbot> {
    if (bot && (await isInReach(bot, reach))) return bot;
    throw new AppError('CHATBOT_NOT_FOUND');
  }

  /** The device the caller names; it may have another number only while it has none. */
  async function deviceFor(session: string, { number, reach }: { number: string; reach: Reach }) {
    const device = await bots.device(session);
    if (!device || !reach.mayUse(device.deviceId)) throw new AppError('DEVICE_NOT_FOUND', { session });
    if (device.number !== null && device.number !== number) {
      throw new AppError('CHATBOT_NUMBER_MISMATCH', { deviceId: device.deviceId });
    }
    return device.deviceId;
  }

  async function read(id: number): Promise<ChatbotView> {
    const bot = await bots.find(id);
    if (!bot) throw new AppError('CHATBOT_NOT_FOUND');
    return toChatbotView(bot);
  }

  return {
    /**
     * The secret is told this once. Throws PHONE_NUMBER_INVALID, DEVICE_NOT_FOUND, CHATBOT_EXISTS,
     * CHATBOT_NUMBER_MISMATCH, URL_INVALID and URL_NOT_ALLOWED.
     */
    async create(order: ChatbotOrder, reach: Reach): Promise<ChatbotView & { secret: string }> {
      const number = numberOf(order.number);
      const { session, endpointUrl = null, status, answersGroups } = order;
      const deviceId: DeviceId | null =
        session === undefined ? null : await deviceFor(session, { number, reach });
      if (!(await isInReach({ deviceId, number }, reach))) throw new AppError('DEVICE_NOT_FOUND');
      if (endpointUrl !== null) await egress.checkUrl(endpointUrl);
      const secret = newWebhookSecret(random);
      const secretSealed = sealer.seal(secret, secretContext(number));
      // What was received before is none of its business.
      const cursor = await events.last();
      const added = await bots.add(
        { number, deviceId, endpointUrl, secretSealed, status, answersGroups },
        { at: clock.now(), cursor },
      );
      if (!added) throw new AppError('CHATBOT_EXISTS');
      return { ...toChatbotView(added), secret };
    },

    async list({ number, status, page, pageSize }: ChatbotListing, reach: Reach) {
      const filter = {
        number: number === undefined ? number : numberOf(number),
        status,
        deviceIds: reach.deviceIds,
      };
      const [items, total] = await Promise.all([
        bots.list({ ...filter, limit: pageSize, offset: (page - 1) * pageSize }),
        bots.count(filter),
      ]);
      return { items: items.map(toChatbotView), total, page, pageSize };
    },

    /** A bot that is switched on begins with what comes from now on. */
    async setStatus(id: number, status: ChatbotStatus, reach: Reach): Promise<ChatbotView> {
      const bot = await required(await bots.find(id), reach);
      if (bot.status !== status) {
        const from = status === 'aktif' ? { cursor: await events.last() } : {};
        await bots.change(id, { status, ...from }, clock.now());
      }
      return read(id);
    },

    /** Throws URL_INVALID and URL_NOT_ALLOWED. Null takes the endpoint away. */
    async setEndpoint(
      number: string,
      { endpointUrl, answersGroups }: { endpointUrl: string | null; answersGroups?: boolean | undefined },
      reach: Reach,
    ): Promise<ChatbotView> {
      const bot = await required(await bots.findByNumber(numberOf(number)), reach);
      if (endpointUrl !== null) await egress.checkUrl(endpointUrl);
      const groups = answersGroups === undefined ? {} : { answersGroups };
      await bots.change(bot.id, { endpointUrl, ...groups }, clock.now());
      return read(bot.id);
    },

    /** The earlier secret signs nothing from here on; the new one is told this once. */
    async rotateSecret(id: number, reach: Reach): Promise<ChatbotView & { secret: string }> {
      const { number } = await required(await bots.find(id), reach);
      const secret = newWebhookSecret(random);
      await bots.change(id, { secretSealed: sealer.seal(secret, secretContext(number)) }, clock.now());
      return { ...(await read(id)), secret };
    },

    async remove(id: number, reach: Reach): Promise<void> {
      await required(await bots.find(id), reach);
      await bots.remove(id);
    },

    /** Asks the endpoint something that nobody wrote. Throws CHATBOT_NO_ENDPOINT. */
    async test(id: number, reach: Reach): Promise<Trial> {
      const bot = await required(await bots.find(id), reach);
      if (bot.endpointUrl === null) throw new AppError('CHATBOT_NO_ENDPOINT');
      const questionId = ids.next();
      const begun = clock.monotonic();
      const outcome = await ask({
        url: bot.endpointUrl,
        secret: sealer.open(bot.secretSealed, secretContext(bot.number)),
        id: questionId,
        body: trialBody({ id: questionId, at: clock.now(), deviceId: bot.deviceId }),
      });
      const tookMs = Math.round(clock.monotonic() - begun);
      if (outcome.kind === 'answered') {
        return { ok: true, status: outcome.status, reason: null, replies: outcome.replies, tookMs };
      }
      const { status, reason } = outcome.kind === 'failed' ? outcome : { status: null, reason: 'aborted' };
      return { ok: false, status, reason, replies: [], tookMs };
    },

    /** What the bot was asked about, newest first; never what was said. */
    async turns(
      id: number,
      {
        status,
        cursor,
        pageSize,
      }: { status?: TurnStatus | undefined; cursor?: string | undefined; pageSize: number },
      reach: Reach,
    ): Promise<{ items: TurnView[]; nextCursor: string | null }> {
      await required(await bots.find(id), reach);
      const found = await turns.page({ chatbotId: id, status, before: cursor, limit: pageSize + 1 });
      const items = found.slice(0, pageSize).map(toTurnView);
      return { items, nextCursor: found.length > pageSize ? (items.at(-1)?.turn_id ?? null) : null };
    },
  };
}
