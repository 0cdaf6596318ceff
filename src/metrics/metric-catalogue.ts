/** One metric of ours, as docs/operations.md lists it. */
export interface MetricEntry {
  readonly name: `wafleet_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Names of the labels. Their values are words of ours or numbers of the protocol: never an id, a number or a JID. */
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

/** Every metric there is, beside those of the process itself. docs/operations.md is compared with it by a test. */
export const METRICS = {
  devices: {
    name: 'wafleet_devices',
    type: 'gauge',
    labels: ['status'],
    help: 'Devices of the whole installation by the status stored last; the same in every process',
  },
  liveDevices: {
    name: 'wafleet_live_devices',
    type: 'gauge',
    labels: ['status'],
    help: 'Devices this process connects or keeps connected, by status; add the processes up',
  },
  connects: {
    name: 'wafleet_device_connects_total',
    type: 'counter',
    labels: [],
    help: 'Times a device became connected',
  },
  disconnects: {
    name: 'wafleet_device_disconnects_total',
    type: 'counter',
    labels: ['cause'],
    help: 'Times a connected device ceased to be, by cause',
  },
  reconnects: {
    name: 'wafleet_device_reconnects_total',
    type: 'counter',
    labels: ['cause'],
    help: 'Sockets opened because the one before ended, by the cause of that end',
  },
  outboxMessages: {
    name: 'wafleet_outbox_messages',
    type: 'gauge',
    labels: ['status', 'source', 'device_status'],
    help: 'Messages that are queued, being sent or held; the same in every process',
  },
  outboxLag: {
    name: 'wafleet_outbox_oldest_due_seconds',
    type: 'gauge',
    labels: ['source', 'device_status'],
    help: 'How long the message that goes next has been due, of the device that waits longest; the same in every process',
  },
  jobs: {
    name: 'wafleet_jobs',
    type: 'gauge',
    labels: ['status'],
    help: 'Jobs that are not finished; the same in every process',
  },
  scheduleLag: {
    name: 'wafleet_schedules_oldest_due_seconds',
    type: 'gauge',
    labels: [],
    help: 'How long the schedule that runs next has been due; the same in every process',
  },
  messageStatuses: {
    name: 'wafleet_message_statuses_total',
    type: 'counter',
    labels: ['status'],
    help: 'Times a message of the outbox reached this status',
  },
  refusals: {
    name: 'wafleet_send_refusals_total',
    type: 'counter',
    labels: ['code'],
    help: 'Sends that WhatsApp refused, by its code',
  },
  sendSeconds: {
    name: 'wafleet_send_seconds',
    type: 'histogram',
    labels: [],
    help: 'From the acceptance of a single message until WhatsApp has it',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  received: {
    name: 'wafleet_received_messages_total',
    type: 'counter',
    labels: ['chat'],
    help: 'Messages received and stored, each once, by the kind of chat',
  },
  mediaDownloads: {
    name: 'wafleet_media_downloads_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Files of received messages that were asked for: from the cache, fetched from WhatsApp, or the code of the failure',
  },
  undecryptable: {
    name: 'wafleet_undecryptable_ciphertexts_total',
    type: 'counter',
    labels: ['from'],
    help: 'Received ciphertexts that could not be decrypted, each attempt, by who sent them: others or own_phone',
  },
  webhooks: {
    name: 'wafleet_webhooks',
    type: 'gauge',
    labels: ['status'],
    help: 'Webhooks by status: enabled, failing or disabled; the same in every process',
  },
  webhookDeliveries: {
    name: 'wafleet_webhook_deliveries_waiting',
    type: 'gauge',
    labels: [],
    help: 'Deliveries of enabled webhooks that wait for an attempt; the same in every process',
  },
  webhookLag: {
    name: 'wafleet_webhook_oldest_due_seconds',
    type: 'gauge',
    labels: [],
    help: 'How long the delivery that goes next has been due, of the webhook that waits longest; the same in every process',
  },
  webhookAttempts: {
    name: 'wafleet_webhook_attempts_total',
    type: 'counter',
    labels: ['result', 'error'],
    help: 'Attempts to deliver an event: delivered, retry or failed, and why',
  },
  webhookSeconds: {
    name: 'wafleet_webhook_seconds',
    type: 'histogram',
    labels: [],
    help: 'From an event to the end of a first attempt that succeeded',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  webhooksDisabled: {
    name: 'wafleet_webhooks_disabled_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Webhooks that were disabled because their receivers took nothing',
  },
  chatbotTurnsWaiting: {
    name: 'wafleet_chatbot_turns_waiting',
    type: 'gauge',
    labels: [],
    help: 'Messages that chatbots are still to be asked about; the same in every process',
  },
  chatbotTurns: {
    name: 'wafleet_chatbot_turns_total',
    type: 'counter',
    labels: ['status', 'reason'],
    help: 'Messages whose turn came: answered, skipped or failed, and why',
  },
  wakeupsHealthy: {
    name: 'wafleet_wakeups_healthy',
    type: 'gauge',
    labels: [],
    help: '1 while wake-ups run and Redis, when used, answers; else 0',
  },
  wakeupsDue: {
    name: 'wafleet_wakeups_due',
    type: 'gauge',
    labels: ['topic'],
    help: 'Wake-ups that are due and wait for a run; with Redis the same in every process',
  },
  requests: {
    name: 'wafleet_http_requests_total',
    type: 'counter',
    labels: ['method', 'route', 'status'],
    help: 'HTTP requests answered, by the pattern of the route',
  },
  requestSeconds: {
    name: 'wafleet_http_request_seconds',
    type: 'histogram',
    labels: ['route'],
    help: 'From a request to the end of its answer',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  databaseErrors: {
    name: 'wafleet_database_errors_total',
    type: 'counter',
    labels: ['kind'],
    help: 'Statements the database failed: unavailable, storage_full or unexpected',
  },
} as const satisfies Record<string, MetricEntry>;
