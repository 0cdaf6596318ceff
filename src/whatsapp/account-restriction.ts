/** WhatsApp's word on how many new chats an account may begin; from the first warning on it is time to stop. */
export type MessageCapLevel = 'none' | 'first_warning' | 'second_warning' | 'capped';

/** The reach-out time-lock: until then the account may write only to people it has a chat with. Null: none. */
export interface ReachoutLock {
  readonly until: Date | null;
}

/** `until`: when WhatsApp counts anew, where it says so. */
export interface MessageCap {
  readonly level: MessageCapLevel;
  readonly until: Date | null;
}

/** What WhatsApp answered about an account; null where it did not answer. */
export interface AccountRestrictions {
  readonly reachoutLock: ReachoutLock | null;
  readonly messageCap: MessageCap | null;
}
