import { describe, expect, it } from 'vitest';
import { ackWords, alertAcknowledgedBy, mayAcknowledge, type Reply } from '../../src/alerts/reply-match.ts';

const words = ackWords(['OK', ' siap ', '']);
const open = [
  { alertId: 'newest', waMessageId: 'M2' },
  { alertId: 'older', waMessageId: 'M1' },
];
const reply = (fields: Partial<Reply>): Reply => ({
  deviceId: 'siren',
  chats: ['62811@s.whatsapp.net'],
  text: null,
  quotedMessageId: null,
  ...fields,
});
const matched = (fields: Partial<Reply>) => alertAcknowledgedBy(reply(fields), open, words);

describe('a reply', () => {
  it.each(['ok', 'OK', ' Ok! ', 'ok 👍', '“Siap.”'])(
    'of one of the words acknowledges the newest: %s',
    (text) => {
      expect(matched({ text })).toBe('newest');
      expect(mayAcknowledge(reply({ text }), words)).toBe(true);
    },
  );

  it.each(['okay', 'not ok', 'ok ok', '', '👍', `ok${'!'.repeat(100)}`])(
    'of other words acknowledges nothing: %s',
    (text) => {
      expect(matched({ text })).toBeNull();
      expect(mayAcknowledge(reply({ text }), words)).toBe(false);
    },
  );

  it('that quotes an alert acknowledges that one, whatever it says', () => {
    expect(matched({ quotedMessageId: 'M1', text: 'no idea' })).toBe('older');
    expect(matched({ quotedMessageId: 'M1' })).toBe('older');
    expect(matched({ quotedMessageId: 'other', text: 'ok' })).toBeNull();
  });

  it('with nothing open acknowledges nothing', () => {
    expect(alertAcknowledgedBy(reply({ text: 'ok' }), [], words)).toBeNull();
  });
});
