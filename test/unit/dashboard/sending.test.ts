import { describe, expect, it } from 'vitest';
import { newOnceKey } from '../../../src/dashboard/ui/lib/once-key.ts';
import { type Draft, EMPTY_DRAFT, toBody } from '../../../src/dashboard/ui/pages/send/draft.ts';
import { formatPhone } from '../../../src/dashboard/ui/pages/send/format-phone.ts';
import {
  addSent,
  applyNews,
  NOTHING_SENT,
  type SentEntry,
} from '../../../src/dashboard/ui/pages/send/sent-messages.ts';

const body = (fields: Partial<Draft>) => toBody({ ...EMPTY_DRAFT, ...fields }, '0812');

describe('what is filled in becomes a body', () => {
  it('of a text, with whom it names and what it answers', () => {
    expect(body({ text: 'hi @0813', mentions: '0813, ,0814', quotedMessageId: ' 3EB0 ' })).toEqual({
      to: '0812',
      type: 'text',
      text: 'hi @0813',
      mentions: ['0813', '0814'],
      quotedMessageId: '3EB0',
    });
    expect(body({ text: 'hi' })).toEqual({ to: '0812', type: 'text', text: 'hi' });
  });

  it('of a place, also as people in Jakarta write numbers', () => {
    expect(
      body({ kind: 'location', latitude: '-6,1754', longitude: '106.8272', placeName: 'Monas' }),
    ).toEqual({
      to: '0812',
      type: 'location',
      latitude: -6.1754,
      longitude: 106.8272,
      name: 'Monas',
    });
    expect(body({ kind: 'location', latitude: '' })).toMatchObject({ latitude: '' });
  });

  it('of contacts and polls, without what is empty', () => {
    const contacts = [{ name: 'Ani', number: '0813', organization: '' }];
    expect(body({ kind: 'contact', contacts })).toMatchObject({
      contacts: [{ name: 'Ani', number: '0813' }],
    });
    expect(
      body({ kind: 'poll', question: 'Lunch?', options: ['Soto', ' ', 'Rendang'], several: true }),
    ).toEqual({
      to: '0812',
      type: 'poll',
      question: 'Lunch?',
      options: ['Soto', 'Rendang'],
      selectable: 0,
    });
  });

  it('of a file: a form with its bytes, or the address', () => {
    const file = new File(['x'], 'x.ogg');
    const form = body({ kind: 'voice', file, caption: 'no words', viewOnce: true, mentions: '0813,0814' });
    if (!(form instanceof FormData)) throw new Error('a form is expected');
    expect([form.get('type'), form.get('viewOnce'), form.has('caption')]).toEqual(['voice', 'true', false]);
    expect(form.getAll('mentions')).toEqual(['0813', '0814']);
    expect(form.get('file')).toBeInstanceOf(File);
    const source = 'url' as const;
    expect(body({ kind: 'image', source, url: 'https://x.example/a', file, caption: 'a' })).toEqual({
      to: '0812',
      type: 'image',
      url: 'https://x.example/a',
      caption: 'a',
    });
  });
});

const entry: SentEntry = {
  deviceId: 'shop',
  messageId: 'A',
  to: '62812@s.whatsapp.net',
  kind: 'text',
  text: 'hi',
  status: 'queued',
  at: '2026-11-20T08:00:00.000Z',
  error: null,
  reason: 'BREAKER',
  retryAt: '2026-11-20T09:00:00.000Z',
};
const news = (status: string, messageId = 'A') => ({ messageId, status, error: null });

describe('what was sent', () => {
  it('moves on and never back', () => {
    const statuses = ['server_ack', 'read', 'delivered', 'server_ack'];
    const state = statuses.map((each) => news(each)).reduce(applyNews, addSent(NOTHING_SENT, entry));
    expect(state.entries).toMatchObject([{ status: 'read', reason: null, retryAt: null }]);
  });

  it('keeps why it waits while it waits', () => {
    const state = applyNews(addSent(NOTHING_SENT, entry), news('queued'));
    expect(state.entries).toMatchObject([{ status: 'queued', reason: 'BREAKER' }]);
  });

  it('knows the news that came before the answer did', () => {
    const early = applyNews(applyNews(NOTHING_SENT, news('delivered')), news('read', 'B'));
    const state = addSent(early, { ...entry, status: 'server_ack' });
    expect(state.entries).toMatchObject([{ messageId: 'A', status: 'delivered' }]);
    expect(state.early).toEqual([news('read', 'B')]);
  });

  it('is there once when its answer came twice', () => {
    expect(addSent(addSent(NOTHING_SENT, entry), entry).entries).toHaveLength(1);
  });

  it('can fail, and succeed after all', () => {
    const failed = applyNews(addSent(NOTHING_SENT, entry), {
      ...news('failed'),
      error: { code: 'WA_404', message: 'refused' },
    });
    expect(failed.entries).toMatchObject([{ status: 'failed', error: { code: 'WA_404' } }]);
    expect(applyNews(failed, news('server_ack')).entries).toMatchObject([
      { status: 'server_ack', error: null },
    ]);
  });
});

it.each([
  ['6281234567890@s.whatsapp.net', '+62 812-3456-7890'],
  ['14155552671', '+1 415-5552-671'],
  ['6591234567', '+65 912-3456-7'],
  ['120363041234567890@g.us', '120363041234567890@g.us'],
  ['12345678901234@lid', '12345678901234@lid'],
  ['0812', '0812'],
])('%s is shown as %s', (number, shown) => {
  expect(formatPhone(number)).toBe(shown);
});

it('each form has a name of its own', () => {
  let last = 0;
  const clock = {
    now: () => 1,
    random: () => {
      last += 0.001;
      return last;
    },
  };
  const keys = new Set(Array.from({ length: 100 }, () => newOnceKey(clock)));
  expect(keys.size).toBe(100);
  expect([...keys].every((key) => /^[\x20-\x7e]{10,255}$/.test(key))).toBe(true);
});
