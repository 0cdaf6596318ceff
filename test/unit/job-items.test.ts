import { describe, expect, it } from 'vitest';
import { readItems } from '../../src/jobs/job-items.ts';
import { createGroupTextItemReader, createTextItemReader } from '../../src/messages/text-item.ts';

const read = createTextItemReader('ID');
const once = { read, duplicates: 'once' } as const;

describe('the items of a job', () => {
  it('are read with their place in the list', async () => {
    const { items, problems, duplicates } = await readItems(
      [
        { to: '0812-3456-789', message: 'one' },
        { to: '120363041234567890@g.us', message: 'two', unknown: true },
      ],
      once,
    );
    expect(items).toEqual([
      { index: 0, to: '628123456789@s.whatsapp.net', text: 'one' },
      { index: 1, to: '120363041234567890@g.us', text: 'two' },
    ]);
    expect([problems, duplicates]).toEqual([[], []]);
  });

  it('are all judged: every problem of every bad one is told', async () => {
    const good = { to: '628123456789', message: 'hello' };
    const bad: [unknown, [string, string][]][] = [
      [null, [['', 'VALIDATION_FAILED']]],
      ['628123456789', [['', 'VALIDATION_FAILED']]],
      [['628123456789', 'hello'], [['', 'VALIDATION_FAILED']]],
      [{ message: 'hello' }, [['to', 'VALIDATION_FAILED']]],
      [{ ...good, to: 628123456789 }, [['to', 'VALIDATION_FAILED']]],
      [{ ...good, to: '12' }, [['to', 'VALIDATION_FAILED']]],
      [{ ...good, to: '9'.repeat(81) }, [['to', 'VALIDATION_FAILED']]],
      [{ ...good, to: '+62 1' }, [['to', 'RECIPIENT_INVALID']]],
      [{ ...good, to: 'somebody' }, [['to', 'RECIPIENT_INVALID']]],
      [{ ...good, to: 'status@broadcast' }, [['to', 'RECIPIENT_INVALID']]],
      [{ to: '628123456789' }, [['message', 'VALIDATION_FAILED']]],
      [{ ...good, message: '' }, [['message', 'VALIDATION_FAILED']]],
      [{ ...good, message: 'x'.repeat(4097) }, [['message', 'VALIDATION_FAILED']]],
      [
        { to: 'somebody', message: 7 },
        [
          ['to', 'RECIPIENT_INVALID'],
          ['message', 'VALIDATION_FAILED'],
        ],
      ],
    ];
    const list = bad.flatMap(([item]) => [good, item]);
    const { problems, invalidCount, duplicates } = await readItems(list, once);
    expect(problems.map(({ index, field, code }) => [index, field, code])).toEqual(
      bad.flatMap(([, expected], place) => expected.map(([field, code]) => [2 * place + 1, field, code])),
    );
    expect(problems.every(({ message }) => message.length > 5)).toBe(true);
    expect(invalidCount).toBe(bad.length);
    expect(duplicates).toHaveLength(bad.length - 1);
  });

  it('take the longest text there may be', async () => {
    const { items } = await readItems([{ to: '628123456789', message: 'x'.repeat(4096) }], once);
    expect(items).toHaveLength(1);
  });

  it('go out once for each recipient and text, however the number is written', async () => {
    const list = [
      { to: '08123456789', message: 'hello' },
      { to: '+62 812 3456 789', message: 'hello' },
      { to: '08123456789', message: 'Hello' },
      { to: '08123456780', message: 'hello' },
      { to: '628123456789@c.us', message: 'hello' },
    ];
    const { items, duplicates } = await readItems(list, once);
    expect(items.map(({ index }) => index)).toEqual([0, 2, 3]);
    expect(duplicates).toEqual([
      { index: 1, firstIndex: 0 },
      { index: 4, firstIndex: 0 },
    ]);
    const all = await readItems(list, { read, duplicates: 'all' });
    expect(all.items).toHaveLength(5);
    expect(all.duplicates).toEqual(duplicates);
  });

  it('may be a full ten thousand', async () => {
    const list = Array.from({ length: 10_000 }, (_, index) => ({
      to: `62812${10_000_000 + index}`,
      message: 'hello',
    }));
    const { items, invalidCount } = await readItems(list, once);
    expect([items.length, invalidCount]).toEqual([10_000, 0]);
  });
});

describe('an item for a group', () => {
  const group = createGroupTextItemReader();
  it.each([
    ['120363041234567890@g.us', '120363041234567890@g.us'],
    ['120363041234567890', '120363041234567890@g.us'],
    [' 6281234567-1600000000@G.US ', '6281234567-1600000000@g.us'],
  ])('%s', (groupId, to) => {
    expect(group({ groupId, message: 'hi' })).toEqual({ to, text: 'hi' });
  });

  it.each(['628123456789@s.whatsapp.net', 'friends', '12-@g.us', '1@g.us@g.us', '+62812'])(
    'refuses %s',
    (groupId) => {
      expect(group({ groupId, message: 'hi' })).toMatchObject({
        problems: [{ field: 'groupId', code: 'RECIPIENT_INVALID' }],
      });
    },
  );
});
