/** How the installation is, as GET /system tells; test/unit/dashboard/admin-types.test.ts compares it with the server's. */
export interface SystemView {
  readonly version: string;
  /** In seconds. */
  readonly uptime: number;
  readonly sandbox: boolean;
  readonly checks: readonly SystemCheck[];
  readonly devices: { readonly total: number; readonly byStatus: Readonly<Record<string, number>> } | null;
  readonly outbox: Outbox | null;
  readonly jobs: Readonly<Record<string, number>> | null;
  readonly warnings: readonly SystemWarning[];
  /** For administrators. */
  readonly details: SystemDetails | null;
}

export interface SystemCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly why: string | null;
}

export interface Outbox {
  readonly queued: number;
  readonly sending: number;
  readonly held: number;
  readonly oldestDueMs: number;
  readonly oldestDueOfConnectedMs: number;
}

export interface SystemWarning {
  readonly code: string;
  readonly message: string;
  readonly devices: number;
  /** The first of them. */
  readonly deviceIds: readonly string[];
}

export interface SystemDetails {
  readonly node: string;
  readonly role: string;
  readonly mode: { readonly database: string; readonly wakeups: string };
  readonly whatsAppVersion: string | null;
  readonly webhooks: Readonly<Record<string, number>> | null;
  readonly events: { readonly last: number | null };
  readonly media: { readonly usedBytes: number | null; readonly quotaBytes: number };
  readonly process: { readonly rssBytes: number; readonly heapUsedBytes: number; readonly loopLagMs: number };
  readonly configurationWarnings: readonly string[];
}
