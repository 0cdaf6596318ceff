import { expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { IssuedTokenSchema } from '../../../src/access/api-key-schemas.ts';
import type { AuditPageSchema } from '../../../src/access/audit-schemas.ts';
import { ROLES } from '../../../src/access/user.ts';
import type { UserSchema } from '../../../src/access/user-schemas.ts';
import type * as alarms from '../../../src/alerts/alert-schemas.ts';
import type { AlertPage, AlertWithMessages } from '../../../src/dashboard/ui/api/alert-types.ts';
import type { Page } from '../../../src/dashboard/ui/api/device-types.ts';
import * as people from '../../../src/dashboard/ui/api/people-types.ts';
import type * as saved from '../../../src/dashboard/ui/api/recipient-types.ts';
import type * as sandbox from '../../../src/dashboard/ui/api/sandbox-types.ts';
import type { SystemView } from '../../../src/dashboard/ui/api/system-types.ts';
import * as webhooks from '../../../src/dashboard/ui/api/webhook-types.ts';
import { people as peopleTexts } from '../../../src/dashboard/ui/texts/en/people.ts';
import { sandbox as sandboxTexts } from '../../../src/dashboard/ui/texts/en/sandbox.ts';
import { SCOPES } from '../../../src/http/scopes.ts';
import type { TableReportSchema } from '../../../src/recipients/recipient-import-schemas.ts';
import type * as recipients from '../../../src/recipients/recipient-schemas.ts';
import { FAULT_KINDS } from '../../../src/sandbox/fault-kinds.ts';
import type * as phones from '../../../src/sandbox/sandbox-answer-schemas.ts';
import type { FaultListSchema } from '../../../src/sandbox/sandbox-fault-schemas.ts';
import type { SystemSchema } from '../../../src/system/system-schemas.ts';
import { WEBHOOK_EVENT_TYPES } from '../../../src/webhooks/webhook.ts';
import type * as hooks from '../../../src/webhooks/webhook-schemas.ts';

/** The compiler compares: what the server answers must be what the pages read. */
it('the shapes the pages of administrators read are those the server answers', () => {
  expectTypeOf<z.output<typeof IssuedTokenSchema>>().toExtend<people.IssuedToken>();
  expectTypeOf<z.output<typeof UserSchema>>().toExtend<people.Person>();
  expectTypeOf<z.output<typeof AuditPageSchema>>().toExtend<Page<people.AuditEntry>>();
  expectTypeOf<z.output<typeof SystemSchema>>().toExtend<SystemView>();
  expectTypeOf<z.output<typeof hooks.WebhookWithSecretSchema>>().toExtend<webhooks.WebhookWithSecret>();
  expectTypeOf<z.output<typeof hooks.DeliveryListSchema>>().toExtend<Page<webhooks.Delivery>>();
  expectTypeOf<z.output<typeof hooks.TestResultSchema>>().toExtend<webhooks.WebhookTest>();
  expectTypeOf<z.output<typeof hooks.RedeliveredSchema>>().toExtend<webhooks.Redelivered>();
  expectTypeOf<z.output<typeof phones.PhoneSchema>>().toExtend<sandbox.SandboxPhone>();
  expectTypeOf<z.output<typeof phones.PhoneMessageSchema>>().toExtend<sandbox.PhoneMessage>();
  expectTypeOf<z.output<typeof phones.GroupSchema>>().toExtend<sandbox.PhoneGroup>();
  expectTypeOf<z.output<typeof FaultListSchema>>().toExtend<sandbox.FaultList>();
  expectTypeOf<z.output<typeof alarms.AlertListSchema>>().toExtend<AlertPage>();
  expectTypeOf<z.output<typeof alarms.AlertSchema>>().toExtend<AlertWithMessages>();
  expectTypeOf<z.output<typeof recipients.RecipientPageSchema>>().toExtend<
    saved.NumberedPage<saved.SavedRecipient>
  >();
  expectTypeOf<z.output<typeof recipients.RecipientListPageSchema>>().toExtend<
    saved.NumberedPage<saved.SavedList>
  >();
  expectTypeOf<z.output<typeof TableReportSchema>>().toExtend<saved.TableReport>();
});

it('the forms offer every event, right and role there is', () => {
  expect([...webhooks.WEBHOOK_EVENTS].sort()).toEqual(['*', ...WEBHOOK_EVENT_TYPES].sort());
  expect(people.SCOPES).toEqual(SCOPES);
  expect([...people.ROLES].sort()).toEqual([...ROLES].sort());
});

it('the pages have words for every right and every trouble of the sandbox', () => {
  const wanted = [
    ...SCOPES.map((scope) => `scope.${scope}`),
    ...FAULT_KINDS.flatMap(({ kind, fields }) => [
      `fault.${kind}`,
      ...fields.map(({ name }) => `field.${name}`),
    ]),
  ];
  const said = new Set([...Object.keys(peopleTexts), ...Object.keys(sandboxTexts)]);
  expect(wanted.filter((key) => !said.has(key))).toEqual([]);
});
