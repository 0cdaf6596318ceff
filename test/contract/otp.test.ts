import { expect, it } from 'vitest';
import { createOtpRepository } from '../../src/otp/otp-repository.ts';
import { createOtpSecret } from '../../src/otp/otp-secret.ts';
import { createOtpService, type OtpOrder } from '../../src/otp/otp-service.ts';
import type { NewOutboxMessage } from '../../src/outbox/outbox-message.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import { systemClock as clock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId, type WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger as log } from '../../src/shared/logger.ts';
import { systemRandom as random } from '../../src/shared/random.ts';
import type { SystemMessage } from '../../src/system-messages/system-message-service.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const ANA = 'ana' as DeviceId;
const asker = { access: { mayUse: () => true } as never, owner: 'key', identity: null };

describeOnEachDatabase('one-time codes', (open) => {
  /** Codes on a real database; messages are rows that nobody sends. */
  async function world(limits = {}) {
    const database = await open();
    const ids = createIds({ clock, random });
    const rows = createOutboxRepository({ database, clock });
    const codes = createOtpRepository({ database });
    const said: string[] = [];
    const systemMessages = {
      async send({ to, message, terms }: SystemMessage) {
        await terms?.check();
        const messageId: WaMessageId = ids.nextWaMessageId();
        const row: NewOutboxMessage = {
          id: ids.next(),
          deviceId: ANA,
          waMessageId: messageId,
          to: to as Jid,
          kind: 'text',
          text: message,
          content: null,
          source: terms?.source ?? 'api',
          dueAt: clock.now(),
          delayMs: null,
          onAmbiguous: 'resend',
          expiresAt: terms?.expiresAt ?? null,
        };
        const accepted = { deviceId: ANA, messageId, to: row.to, isWaitedFor: true };
        await rows.add([row], { beside: [...(terms?.beside(accepted, row.id) ?? [])] });
        said.push(message);
        const sent = { messageId, to: row.to, status: 'queued' as const, deviceId: ANA, tried: [] };
        return { sent, isReplayed: false };
      },
    };
    const otp = createOtpService({
      codes,
      systemMessages,
      secret: createOtpSecret([Buffer.alloc(32, 7)]),
      limits: { resendMs: 60_000, perRecipient: 3, perCaller: 100, maxAttempts: 3, ...limits },
      random,
      ids,
      clock,
      defaultCountry: 'ID',
      log,
    });
    const order = (fields: Partial<OtpOrder> = {}): OtpOrder => ({
      to: '081234567890',
      purpose: 'login',
      length: 6,
      ttlSeconds: 60,
      template: '{code}',
      pool: 'system',
      ...fields,
    });
    return {
      database,
      codes,
      said,
      send: (fields?: Partial<OtpOrder>) => otp.send(order(fields), asker),
      verify: (code: string, purpose = 'login', mayUse: (deviceId: string) => boolean = () => true) =>
        otp.verify({ to: '+6281234567890', purpose, code }, { mayUse }),
      fate: (waMessageId: string, status: string) =>
        database.run({
          text: 'update outbound_message set status = ? where wa_message_id = ?',
          params: [status, waMessageId],
        }),
      texts: async () =>
        (
          await database.query<{ text: string | null }>({
            text: 'select text from outbound_message',
            params: [],
          })
        ).map(({ text }) => text),
    };
  }

  it('are stored as an HMAC and used once, whoever else tries at the same time', async () => {
    const { send, verify, said, database } = await world();
    const { sent } = await send();
    expect(Date.parse(sent.expiresAt) - (await database.now()).getTime()).toBeLessThanOrEqual(60_000);
    const rows = await database.query({ text: 'select * from wa_otp', params: [] });
    expect(JSON.stringify(rows)).not.toContain(`"${said[0]}"`);
    const tries = await Promise.allSettled([1, 2, 3].map(() => verify(said[0] ?? '')));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(verify(said[0] ?? '')).rejects.toMatchObject({ code: 'OTP_EXPIRED' });
  });

  it('bear so many guesses, however many come at the same time', async () => {
    const { send, verify, said } = await world();
    await send();
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => verify('0000')));
    const failures = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []));
    expect(failures.filter((code) => code === 'OTP_WRONG')).toHaveLength(3);
    expect(failures.filter((code) => code === 'OTP_ATTEMPTS_EXHAUSTED')).toHaveLength(7);
    await expect(verify(said[0] ?? '')).rejects.toMatchObject({ code: 'OTP_ATTEMPTS_EXHAUSTED' });
  });

  it('are not there for who may not use the device that sent them, and lose no attempt to them', async () => {
    const { send, verify, said } = await world({ maxAttempts: 1 });
    await send();
    const stranger = (deviceId: string) => deviceId !== ANA;
    for (const code of ['0000', said[0] ?? '']) {
      await expect(verify(code, 'login', stranger)).rejects.toMatchObject({ code: 'OTP_EXPIRED' });
    }
    expect(await verify(said[0] ?? '')).toMatchObject({ verified: true });
  });

  it('are worth nothing once their time has passed, or another took their place', async () => {
    const { send, verify, said, database } = await world({ resendMs: 0 });
    await send();
    await send();
    await expect(verify(said[0] ?? '')).rejects.toMatchObject({ code: 'OTP_WRONG' });
    await database.run({ text: 'update wa_otp set expires_at = created_at', params: [] });
    await expect(verify(said[1] ?? '')).rejects.toMatchObject({ code: 'OTP_EXPIRED' });
    await expect(verify(said[1] ?? '', 'pay')).rejects.toMatchObject({ code: 'OTP_EXPIRED' });
  });

  it('go out once for one purpose at the same moment', async () => {
    const { send, said } = await world();
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => send()));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(tries.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))).toEqual(
      Array.from({ length: 3 }, () => 'OTP_LIMITED'),
    );
    expect(said).toHaveLength(1);
  });

  it.each([
    ['recipient', { resendMs: 0, perRecipient: 2 }],
    ['caller', { resendMs: 0, perCaller: 2 }],
  ])('are limited for each %s, and what never went out does not count', async (limit, limits) => {
    const { send, fate } = await world(limits);
    const first = await send({ purpose: 'a' });
    await send({ purpose: 'b' });
    await expect(send({ purpose: 'c' })).rejects.toMatchObject({ code: 'OTP_LIMITED', details: { limit } });
    await fate(first.sent.messageId, 'failed');
    await send({ purpose: 'c' });
  });

  it('may be asked for again at once when the message failed', async () => {
    const { send, fate } = await world();
    const { sent } = await send();
    await expect(send()).rejects.toMatchObject({ details: { limit: 'resend' } });
    await fate(sent.messageId, 'failed');
    await send();
  });

  it('are erased from their messages when those are delivered, have ended, or the code has', async () => {
    const { send, fate, codes, texts, database } = await world();
    const [one, two] = [await send({ purpose: 'a' }), await send({ purpose: 'b' })];
    await send({ purpose: 'c' });
    await fate(one.sent.messageId, 'server_ack');
    expect(await codes.eraseTexts(10)).toBe(0);
    await fate(one.sent.messageId, 'delivered');
    await fate(two.sent.messageId, 'failed');
    expect(await codes.eraseTexts(10)).toBe(2);
    expect((await texts()).filter((text) => text === null)).toHaveLength(2);
    await database.run({ text: 'update wa_otp set expires_at = created_at', params: [] });
    expect(await codes.eraseTexts(10)).toBe(1);
    expect(await texts()).toEqual([null, null, null]);
    await codes.purge(new Date(Date.now() + 60_000));
    expect(await codes.recentBy('key')).toBe(0);
  });
});
