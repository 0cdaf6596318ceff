import { expect, it } from 'vitest';
import { createAlertSender } from '../../src/alerts/alert-sender.ts';
import { systemClock as clock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { systemRandom as random } from '../../src/shared/random.ts';

it.each([
  ['a text', null, 4_096],
  ['a caption', { kind: 'image' } as never, 1_024],
])(
  '%s that grew with what is known of somebody is no longer than WhatsApp takes',
  async (_what, media, most) => {
    const tell = createAlertSender({
      listMessages: async () => [{ to: '62811', message: 'fire '.repeat(2_000), name: 'Ana' }],
      ids: createIds({ clock, random }),
      clock,
    });
    const order = {
      alertId: 'a',
      stage: 1,
      listId: 1,
      text: 'fire',
      media,
      deviceId: 'siren' as DeviceId,
    } as const;
    const { messages } = await tell(order);
    const { content, text } = messages[0] ?? {};
    const words = content?.kind === 'image' ? content.caption : text;
    expect(words).toHaveLength(most);
  },
);
