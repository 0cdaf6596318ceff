import { expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { SessionSchema } from '../../../src/access/sign-in-schemas.ts';
import type * as ui from '../../../src/dashboard/ui/api/device-types.ts';
import type { SignedIn } from '../../../src/dashboard/ui/api/session-types.ts';
import type { FRAME_TYPES } from '../../../src/dashboard/ui/lib/live-stream.ts';
import { causes } from '../../../src/dashboard/ui/texts/en/causes.ts';
import { type CauseCode, deviceCause } from '../../../src/devices/device-cause.ts';
import type {
  DeviceListSchema,
  DeviceSchema,
  DeviceStatusSchema,
} from '../../../src/devices/device-schemas.ts';
import type { LiveEventType } from '../../../src/events/live-event.ts';

it('the pages listen to every type of event', () => {
  expectTypeOf<LiveEventType>().toExtend<(typeof FRAME_TYPES)[number]>();
});

/** The compiler compares: what the server answers must be what the pages read. */
it('the shapes the pages read are those the server answers', () => {
  expectTypeOf<z.output<typeof DeviceSchema>>().toExtend<ui.Device>();
  expectTypeOf<z.output<typeof DeviceStatusSchema>>().toEqualTypeOf<ui.DeviceStatus>();
  expectTypeOf<z.output<typeof DeviceListSchema>>().toExtend<ui.Page<ui.Device>>();
  // One schema says both faces of a session; signed in, nothing of it is missing.
  expectTypeOf<Complete<z.output<typeof SessionSchema>>>().toExtend<
    Omit<SignedIn, 'authenticated' | 'setupNeeded'>
  >();
});

it('the pages say in English what the server says', () => {
  const codes = Object.keys(causes)
    .map((key) => key.split('.'))
    .filter(([code, part]) => part === 'reason' && code !== 'crypto_degraded' && code !== 'messages_lost')
    .map(([code = '']) => code);
  const said = new Map(Object.entries<string>(causes));
  expect(codes.length).toBeGreaterThan(25);
  for (const code of codes) {
    if (!isCause(code)) continue;
    const { reason, action } = deviceCause(code, 'local');
    expect(said.get(`${code}.reason`), code).toBe(reason);
    expect(said.get(`${code}.action`) ?? null, code).toBe(action);
  }
});

type Complete<Shape> = { [Key in keyof Shape]-?: Exclude<Shape[Key], undefined> };

/** Every key of the texts is a cause: the table of the server is complete by its type. */
function isCause(code: string): code is CauseCode {
  return code !== '';
}
