import type { BotEvent } from './bot-events.ts';

/** What a bot is asked: the same bytes on every attempt, unless the message was erased in between. */
export function questionBody({
  id,
  at,
  deviceId,
  data,
}: Pick<BotEvent, 'id' | 'at' | 'deviceId' | 'data'>): string {
  return JSON.stringify({
    id,
    type: 'message',
    timestamp: at.toISOString(),
    deviceId,
    data: { message: data.message },
  });
}

/** A question that nobody wrote; `test` says so. */
export function trialBody({
  id,
  at,
  deviceId,
}: Pick<BotEvent, 'id' | 'at'> & { deviceId: string | null }): string {
  const time = at.toISOString();
  const message = {
    id,
    messageId: `TEST${id}`,
    direction: 'in',
    chat: '0@s.whatsapp.net',
    chatAlt: null,
    from: '0@s.whatsapp.net',
    to: null,
    fromMe: false,
    pushName: 'wafleet',
    type: 'text',
    text: 'This is a test',
    media: null,
    quotedMessageId: null,
    timestamp: time,
    status: 'received',
  };
  return JSON.stringify({ id, type: 'message', test: true, timestamp: time, deviceId, data: { message } });
}
