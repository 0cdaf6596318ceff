import type { DevicePool } from '../system-messages/device-pool.ts';

/** What a message under a topic of a broker becomes. */
export interface AlertTopic {
  /** As MQTT has it: `+` stands for one level, `#` for all that follow. */
  readonly filter: string;
  /** The id of a recipient list, or its name. */
  readonly list: number | string;
  /** What people read when the message says nothing itself; null: the topic. */
  readonly message: string | null;
  readonly escalate: { readonly list: number | string; readonly afterSeconds: number } | null;
  readonly requiresAck: boolean;
  readonly pool: DevicePool;
}

/** The first that the topic fits; null when none does. */
export function topicFor(topics: readonly AlertTopic[], topic: string): AlertTopic | null {
  return topics.find(({ filter }) => fits(filter, topic)) ?? null;
}

/** What a broker says of itself under `$` is never meant by a wildcard. */
function fits(filter: string, topic: string): boolean {
  const [levels, given] = [filter.split('/'), topic.split('/')];
  if (topic.startsWith('$') && levels[0] !== given[0]) return false;
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true;
    if (given[index] === undefined) return false;
    if (level !== '+' && level !== given[index]) return false;
  }
  return levels.length === given.length;
}
