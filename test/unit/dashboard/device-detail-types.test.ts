import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { AllowedNumberSchema } from '../../../src/allowed-numbers/allowed-number-schemas.ts';
import type {
  ChatbotSchema,
  IssuedChatbotSchema,
  TrialSchema,
  TurnListSchema,
} from '../../../src/chatbot/chatbot-schemas.ts';
import type * as ui from '../../../src/dashboard/ui/api/device-detail-types.ts';
import type { DeviceSchema, PairingCodeSchema, QrImageSchema } from '../../../src/devices/device-schemas.ts';
import type { LogPage } from '../../../src/events/event-schemas.ts';
import type { GroupSchema } from '../../../src/groups/group-schemas.ts';

/** The compiler compares: what the server answers must be what the page of a device reads. */
it('the shapes the page of a device reads are those the server answers', () => {
  expectTypeOf<z.output<typeof DeviceSchema>>().toExtend<ui.DeviceDetails>();
  expectTypeOf<z.output<typeof QrImageSchema>>().toExtend<ui.QrImage>();
  expectTypeOf<z.output<typeof PairingCodeSchema>>().toExtend<ui.PairingCode>();
  expectTypeOf<z.output<typeof AllowedNumberSchema>>().toExtend<ui.AllowedNumber>();
  expectTypeOf<z.output<typeof ChatbotSchema>>().toExtend<ui.Chatbot>();
  expectTypeOf<z.output<typeof IssuedChatbotSchema>>().toExtend<ui.IssuedChatbot>();
  expectTypeOf<z.output<typeof TrialSchema>>().toExtend<ui.ChatbotTrial>();
  expectTypeOf<z.output<typeof TurnListSchema>['items'][number]>().toExtend<ui.ChatbotTurn>();
  expectTypeOf<z.output<typeof GroupSchema>>().toExtend<ui.Group>();
  expectTypeOf<z.output<typeof LogPage>['nextCursor']>().toEqualTypeOf<ui.LogPage['nextCursor']>();
});
