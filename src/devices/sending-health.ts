/** WhatsApp's own word on how many new chats an account may begin. */
export type MessageCapLevel = 'none' | 'first_warning' | 'second_warning' | 'capped';

/** What waits on a device because of what WhatsApp said, and what its operator should know. Times are ISO 8601 in UTC. */
export interface SendingHealthView {
  /** No stranger is written to before this, whatever the reason. */
  readonly coldPausedUntil: string | null;
  /** Nothing at all is sent before this. */
  readonly rateLimitedUntil: string | null;
  /** The end of WhatsApp's reach-out time-lock. */
  readonly reachoutLockedUntil: string | null;
  readonly messageCap: MessageCapLevel;
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly warnings: readonly SendingWarningView[];
}

export interface SendingWarningView {
  /** A word for programs, e.g. `hourly_cap`. */
  readonly code: string;
  readonly message: string;
  readonly since: string;
  readonly until: string | null;
}

/** Where devices get it from; the outbox knows. */
export interface SendingHealthSource {
  /** Of the devices that have one, in any process. */
  viewsOf(deviceIds: readonly string[]): Promise<ReadonlyMap<string, SendingHealthView>>;
}

/** Of a device that never had trouble. */
export const UNTROUBLED: SendingHealthView = {
  coldPausedUntil: null,
  rateLimitedUntil: null,
  reachoutLockedUntil: null,
  messageCap: 'none',
  breaker: 'closed',
  warnings: [],
};
