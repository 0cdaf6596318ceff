import type { Figures } from '../metrics/figures.ts';

/** Something the process stands on, as `/ready` asks for it. */
export interface CheckView {
  readonly name: string;
  readonly ok: boolean;
  /** Why not; told to administrators only. */
  readonly why: string | null;
}

/** What is wrong with devices, or held back by WhatsApp, although they may be connected. */
export interface SystemWarning {
  /** A word for programs, e.g. `reachout_locked`. */
  readonly code: string;
  /** Of the first device it is about. */
  readonly message: string;
  /** How many devices it is about. */
  readonly devices: number;
  /** The first of them. */
  readonly deviceIds: readonly string[];
}

/** How the installation is, as far as the caller may know. What could not be had now is null. */
export interface SystemView {
  readonly version: string;
  /** Of this process, in seconds. */
  readonly uptime: number;
  readonly sandbox: boolean;
  readonly checks: readonly CheckView[];
  readonly devices: { readonly total: number; readonly byStatus: Readonly<Record<string, number>> } | null;
  /** Of the whole installation; null also for callers who are restricted to some devices. */
  readonly outbox: Figures['outbox'];
  readonly jobs: Figures['jobs'];
  readonly warnings: readonly SystemWarning[];
  /** For administrators; null for others. */
  readonly details: SystemDetails | null;
}

/** What tells how the server is run. */
export interface SystemDetails {
  /** The version of Node.js. */
  readonly node: string;
  readonly role: string;
  readonly mode: { readonly database: string; readonly wakeups: string };
  /** What devices present to WhatsApp; null also where this process opens no connections. */
  readonly whatsAppVersion: string | null;
  readonly webhooks: Figures['webhooks'];
  /** The number of the newest event. */
  readonly events: { readonly last: number | null };
  /** Files that are to be sent. */
  readonly media: { readonly usedBytes: number | null; readonly quotaBytes: number };
  readonly process: {
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    /** How late the event loop was at worst in the last minute. */
    readonly loopLagMs: number;
  };
  /** Sentences about settings that are probably not meant. */
  readonly configurationWarnings: readonly string[];
}
