import type { ComponentType } from 'preact';
import type { Scope } from '../api/session-types.ts';
import type { PageProps } from './page-props.ts';

/** Entries of the menu, in its order. */
export const AREAS = [
  'devices',
  'send',
  'jobs',
  'schedules',
  'recipients',
  'chats',
  'reports',
  'alerts',
  'webhooks',
  'people',
  'system',
  'sandbox',
] as const;
export type Area = (typeof AREAS)[number];

export interface PageEntry {
  /** `/devices/:deviceId`; the page whose path is `/<area>` is what the menu shows. */
  readonly path: string;
  readonly area: Area;
  /** Without it the page and its entry in the menu are not there. */
  readonly scope: Scope;
  readonly load: () => Promise<ComponentType<PageProps>>;
}

/** Every page, one line each; the code of a page is fetched when somebody goes there. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/devices',
    area: 'devices',
    scope: 'device:read',
    load: async () => (await import('./devices/devices-page.tsx')).DevicesPage,
  },
  {
    path: '/devices/:deviceId',
    area: 'devices',
    scope: 'device:read',
    load: async () => (await import('./device/device-page.tsx')).DevicePage,
  },
  {
    path: '/devices/:deviceId/pair',
    area: 'devices',
    scope: 'device:link',
    load: async () => (await import('./pair/pair-page.tsx')).PairPage,
  },
  {
    path: '/send',
    area: 'send',
    scope: 'message:send',
    load: async () => (await import('./send/send-page.tsx')).SendPage,
  },
  {
    path: '/jobs',
    area: 'jobs',
    scope: 'message:read',
    load: async () => (await import('./jobs/jobs-page.tsx')).JobsPage,
  },
  {
    path: '/jobs/new',
    area: 'jobs',
    scope: 'message:send',
    load: async () => (await import('./jobs/new-job-page.tsx')).NewJobPage,
  },
  {
    path: '/jobs/:jobId',
    area: 'jobs',
    scope: 'message:read',
    load: async () => (await import('./jobs/job-page.tsx')).JobPage,
  },
  {
    path: '/schedules',
    area: 'schedules',
    scope: 'message:read',
    load: async () => (await import('./schedules/schedules-page.tsx')).SchedulesPage,
  },
  {
    path: '/schedules/new',
    area: 'schedules',
    scope: 'message:send',
    load: async () => (await import('./schedules/new-schedule-page.tsx')).NewSchedulePage,
  },
  {
    path: '/schedules/:deviceId/:scheduleId',
    area: 'schedules',
    scope: 'message:send',
    load: async () => (await import('./schedules/edit-schedule-page.tsx')).EditSchedulePage,
  },
  {
    path: '/webhooks',
    area: 'webhooks',
    scope: 'webhook:manage',
    load: async () => (await import('./webhooks/webhooks-page.tsx')).WebhooksPage,
  },
  {
    path: '/webhooks/:webhookId',
    area: 'webhooks',
    scope: 'webhook:manage',
    load: async () => (await import('./webhooks/webhook-page.tsx')).WebhookPage,
  },
  {
    path: '/chats',
    area: 'chats',
    scope: 'report:read',
    load: async () => (await import('./chats/chats-page.tsx')).ChatsPage,
  },
  {
    path: '/reports',
    area: 'reports',
    scope: 'report:read',
    load: async () => (await import('./reports/reports-page.tsx')).ReportsPage,
  },
  {
    path: '/people',
    area: 'people',
    scope: 'admin',
    load: async () => (await import('./people/people-page.tsx')).PeoplePage,
  },
  {
    path: '/system',
    area: 'system',
    scope: 'device:read',
    load: async () => (await import('./system/system-page.tsx')).SystemPage,
  },
  {
    path: '/sandbox',
    area: 'sandbox',
    scope: 'admin',
    load: async () => (await import('./sandbox/sandbox-page.tsx')).SandboxPage,
  },
  {
    path: '/recipients',
    area: 'recipients',
    scope: 'report:read',
    load: async () => (await import('./recipients/recipients-page.tsx')).RecipientsPage,
  },
  {
    path: '/alerts',
    area: 'alerts',
    scope: 'message:read',
    load: async () => (await import('./alerts/alerts-page.tsx')).AlertsPage,
  },
];
