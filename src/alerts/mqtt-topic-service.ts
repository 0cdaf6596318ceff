import type { AlertLeaseRepository } from './alert-lease-repository.ts';
import { BROKER_LEASE } from './mqtt-consumer.ts';
import { StoredTopics } from './mqtt-topic-schemas.ts';
import type { AlertTopic } from './mqtt-topics.ts';

interface TopicServiceDeps {
  readonly settings: {
    find(name: string): Promise<unknown>;
    set(name: string, value: readonly JsonTopic[]): Promise<void>;
  };
  readonly leases: Pick<AlertLeaseRepository, 'isHeld'>;
  /** Null: no broker is configured. */
  readonly configured: readonly { readonly filter: string; readonly list: string }[] | null;
}

/** A rule as it goes through JSON. */
type JsonTopic = {
  readonly filter: string;
  readonly list: number | string;
  readonly message: string | null;
  readonly escalate: { readonly list: number | string; readonly afterSeconds: number } | null;
  readonly requiresAck: boolean;
  readonly pool: string | string[];
};

export type MqttTopicService = ReturnType<typeof createMqttTopicService>;

const SETTING = 'alerts.mqtt.topics';

/** Which topics of the broker alert whom: as stored, else as configured. Methods throw what the database throws. */
export function createMqttTopicService({ settings, leases, configured }: TopicServiceDeps) {
  async function stored(): Promise<readonly AlertTopic[] | null> {
    const parsed = StoredTopics.safeParse(await settings.find(SETTING));
    return parsed.success ? parsed.data : null;
  }
  const fromConfig = (configured ?? []).map(
    ({ filter, list }): AlertTopic => ({
      filter,
      list,
      message: null,
      escalate: null,
      requiresAck: false,
      pool: 'system',
    }),
  );

  async function view() {
    const [kept, listening] = await Promise.all([stored(), leases.isHeld(BROKER_LEASE)]);
    return {
      configured: configured !== null,
      listening,
      from: kept ? ('stored' as const) : ('configuration' as const),
      topics: (kept ?? fromConfig).map((topic) => ({ ...topic, pool: poolOf(topic) })),
    };
  }

  return {
    topics: async () => (await stored()) ?? fromConfig,
    view,

    /** Takes the place of what was stored, and of what is configured; followed within two seconds. */
    async replace(topics: readonly AlertTopic[]) {
      await settings.set(
        SETTING,
        topics.map((topic) => ({ ...topic, pool: poolOf(topic) })),
      );
      return view();
    },
  };
}

function poolOf({ pool }: AlertTopic): string | string[] {
  return typeof pool === 'string' ? pool : [...pool];
}
