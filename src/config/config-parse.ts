import { z } from 'zod';
import type { DeviceId } from '../shared/ids.ts';
import { CONFIG_KEYS, type ConfigKeyName } from './config-keys.ts';
import * as is from './config-schema.ts';
import { databaseProblems } from './database-url.ts';
import type { Environment } from './env.ts';

/** What is wrong with one key, as the end of a sentence that starts with its name. */
export interface ConfigProblem {
  readonly key: string;
  readonly message: string;
}

/** The environment is not one we can run with; `message` names every wrong key. main exits with 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ key, message }) => `  ${key} ${message}`);
    super(
      ['The configuration cannot be used:', ...lines, 'docs/configuration.md explains each key.'].join('\n'),
    );
    this.problems = problems;
  }
}

const milliseconds = is.integer(1_000, 3_600_000);

const KeysSchema = z.object({
  HOST: z.string().regex(/^[A-Za-z0-9.:_-]+$/, 'an address or a host name'),
  DASHBOARD_PORT: is.integer(0, 65_535),
  ROLE: is.choice(['all', 'api', 'devices', 'worker']),
  LOG_LEVEL: is.choice(['debug', 'info', 'warn', 'error', 'silent']),
  APP_TIMEZONE: is.timezone,
  DATA_DIR: z.string(),
  SESSIONS_DIR: z.string(),
  DATABASE_URL: is.databaseUrl.optional(),
  DB_HOST: z.string().optional(),
  DB_PORT: is.integer(1, 65_535),
  DB_USER: z.string().optional(),
  DB_PASSWORD: z.string().optional(),
  DB_NAME: z.string().optional(),
  REDIS_URL: is.url({ protocols: ['redis:', 'rediss:'] }).optional(),
  ADMIN_API_KEY: is.adminKey.optional(),
  MASTER_KEY: is.keyRing.optional(),
  SESSION_SECRET: is.longSecret.optional(),
  COOKIE_SECURE: is.flag,
  AUDIT_LOG_DAYS: is.integer(1, 3_650),
  TRUST_PROXY: is.proxyList.optional(),
  CORS_ORIGINS: is.corsOrigins.optional(),
  EGRESS_ALLOW: is.egressAllow.optional(),
  HISTORY_DAYS: is.integer(1, 3_650),
  HISTORY_SYNC_MESSAGES: is.integer(0, 1_000_000),
  HISTORY_SYNC_DAYS: is.integer(1, 3_650),
  CHATBOT_TIMEOUT_MS: is.integer(1_000, 120_000),
  CHAT_STORE_BYTES: is.integer(65_536, 67_108_864),
  WEBHOOK_CONCURRENCY: is.integer(1, 16),
  EVENT_LOG_DAYS: is.integer(6, 365),
  OTP_RESEND_SECONDS: is.integer(0, 3_600),
  OTP_PER_RECIPIENT: is.integer(1, 1_000),
  OTP_PER_CALLER: is.integer(1, 1_000_000),
  OTP_MAX_ATTEMPTS: is.integer(1, 20),
  ALERT_REPEAT_SECONDS: is.integer(0, 86_400),
  ALERT_ACK_WORDS: is.words,
  MQTT_URL: is.url({ protocols: ['mqtt:', 'mqtts:'] }).optional(),
  MQTT_CLIENT_ID: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, _ and -'),
  MQTT_TOPICS: is.mqttTopics.optional(),
  MEDIA_MAX_BYTES: is.integer(1_024, 104_857_600),
  MEDIA_QUOTA_BYTES: is.integer(1_024, 1_099_511_627_776),
  MEDIA_CACHE_BYTES: is.integer(0, 1_099_511_627_776),
  FFMPEG_PATH: z.string().startsWith('/', 'an absolute path').optional(),
  BODY_LIMIT_BYTES: is.integer(1_024, 104_857_600),
  RATE_LIMIT_PER_MINUTE: is.integer(0, 1_000_000),
  WA_DEFAULT_COUNTRY: is.country,
  WA_DEFAULT_DEVICE: is.deviceId.transform((text) => text as DeviceId).optional(),
  WA_PRINT_QR_TERMINAL: is.flag,
  WA_INITIAL_SYNC_WAIT_MS: milliseconds,
  WA_CONNECT_TIMEOUT_MS: milliseconds,
  WA_QUERY_TIMEOUT_MS: milliseconds,
  WA_KEEPALIVE_INTERVAL_MS: milliseconds,
  WA_VERSION: is.waVersion.optional(),
  WA_CONNECTS_PER_SECOND: is.integer(1, 10_000),
  WA_CONNECT_BURST: is.integer(1, 10_000),
  WA_SANDBOX: is.flag,
  WA_ENDPOINT: is.url({ protocols: ['ws:', 'wss:'], loopback: true }).optional(),
  WA_ROOT_KEY: is.hexKey32.optional(),
  WA_MEDIA_ORIGIN: is.httpsLoopbackOrigin.optional(),
  WA_MEDIA_CA: is.certificateFile.optional(),
} satisfies Record<ConfigKeyName, z.ZodType>);

/** Every key, checked, with its default where it has one. */
export type Keys = z.output<typeof KeysSchema>;

const SANDBOX_KEYS = ['WA_ENDPOINT', 'WA_ROOT_KEY', 'WA_MEDIA_ORIGIN', 'WA_MEDIA_CA'] as const;

/** The checked keys, or everything that is wrong with them in the order of CONFIG_KEYS. */
export function parseKeys({ values }: Environment): {
  keys: Keys | null;
  problems: readonly ConfigProblem[];
} {
  const parsed = KeysSchema.safeParse({ ...DEFAULTS, ...values });
  const wrong = parsed.error?.issues ?? [];
  const problems = [
    ...wrong.map((issue) => ({ key: issue.path.join('.'), message: `must be ${issue.message}` })),
    ...sandboxProblems(values),
    ...databaseProblems(values),
  ];
  problems.sort((a, b) => ORDER.indexOf(a.key) - ORDER.indexOf(b.key));
  return { keys: problems.length === 0 && parsed.success ? parsed.data : null, problems };
}

const ORDER: readonly string[] = CONFIG_KEYS.map(({ name }) => name);
const DEFAULTS = Object.fromEntries(
  CONFIG_KEYS.flatMap((key) => (key.default ? [[key.name, key.default]] : [])),
);

/** Outside the sandbox these keys would hand every conversation to another server, so they are refused. */
function sandboxProblems(values: Environment['values']): ConfigProblem[] {
  if (values.WA_SANDBOX === 'true' || values.WA_SANDBOX === '1') return [];
  return SANDBOX_KEYS.filter((key) => values[key] !== undefined).map((key) => ({
    key,
    message: 'is allowed only with WA_SANDBOX=true',
  }));
}
