import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { CheckedNumberSchema } from '../../../src/contacts/contact-schemas.ts';
import type { Page } from '../../../src/dashboard/ui/api/device-types.ts';
import type * as jobs from '../../../src/dashboard/ui/api/job-types.ts';
import type * as schedules from '../../../src/dashboard/ui/api/schedule-types.ts';
import type * as sending from '../../../src/dashboard/ui/api/sending-types.ts';
import type { GroupSchema } from '../../../src/groups/group-schemas.ts';
import type * as jobSchemas from '../../../src/jobs/job-schemas.ts';
import type { MessageSchema } from '../../../src/messages/message-schemas.ts';
import type { SentMessageSchema } from '../../../src/messages/sending-schemas.ts';
import type {
  RecipientListPageSchema,
  RecipientPageSchema,
} from '../../../src/recipients/recipient-schemas.ts';
import type * as scheduleSchemas from '../../../src/schedules/schedule-schemas.ts';

/** The compiler compares: what the server answers must be what the pages read. */
it('the shapes the pages of sending read are those the server answers', () => {
  expectTypeOf<z.output<typeof SentMessageSchema>>().toExtend<sending.SentMessage>();
  expectTypeOf<z.output<typeof MessageSchema>>().toExtend<sending.ListedMessage>();
  expectTypeOf<z.output<typeof CheckedNumberSchema>>().toExtend<sending.CheckedNumber>();
  expectTypeOf<z.output<typeof GroupSchema>>().toExtend<sending.Group>();
  expectTypeOf<z.output<typeof RecipientPageSchema>>().toExtend<sending.PlainList<sending.Recipient>>();
  expectTypeOf<z.output<typeof RecipientListPageSchema>>().toExtend<
    sending.PlainList<sending.RecipientList>
  >();
});

it('the shapes the pages of jobs read are those the server answers', () => {
  expectTypeOf<z.output<typeof jobSchemas.JobSchema>>().toExtend<jobs.Job>();
  expectTypeOf<z.output<typeof jobSchemas.JobListSchema>>().toExtend<Page<jobs.Job>>();
  expectTypeOf<z.output<typeof jobSchemas.JobItemListSchema>>().toExtend<Page<jobs.JobItem>>();
  expectTypeOf<z.output<typeof jobSchemas.CheckedJobSchema>>().toExtend<jobs.CheckedJob>();
  expectTypeOf<z.output<typeof jobSchemas.AcceptedJobSchema>>().toExtend<jobs.AcceptedJob>();
  expectTypeOf<z.output<typeof jobSchemas.RetriedJobSchema>>().toExtend<jobs.RetriedJob>();
});

it('the shapes the pages of schedules read are those the server answers', () => {
  expectTypeOf<z.output<typeof scheduleSchemas.ScheduleListSchema>>().toExtend<Page<schedules.Schedule>>();
  expectTypeOf<
    z.output<typeof scheduleSchemas.SchedulePreviewSchema>
  >().toExtend<schedules.SchedulePreview>();
});
