/** Where a disconnect came from; the same code means different things from different sources (RELIABILITY.md §2.6). */
export type DisconnectSource = 'failure' | 'stream' | 'upgrade' | 'local';

/** A closed socket as the wire showed it, before anybody decides what it means. */
export interface Disconnect {
  readonly source: DisconnectSource;
  /** HTTP status (upgrade), failure reason, stream error code, or Baileys' own code (local). */
  readonly code: number;
  /** The library's words; for logs and for telling apart what shares a code, never for users. */
  readonly text: string;
  /** Extra facts of the wire: `Retry-After` in ms, the ban's own code and its end. */
  readonly retryAfterMs?: number;
  readonly banCode?: number;
  readonly bannedUntil?: Date;
}
