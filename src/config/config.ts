import path from 'node:path';
import type { CountryCode } from 'libphonenumber-js';
import type { DeviceId } from '../shared/ids.ts';
import { ConfigError, type Keys, parseKeys } from './config-parse.ts';
import { databaseUrl } from './database-url.ts';
import type { EgressAllowance } from './egress-allow.ts';
import type { Environment } from './env.ts';

export type Role = 'all' | 'api' | 'devices' | 'worker';

/** What we decided from the environment. All paths are absolute; times are ms. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly role: Role;
  readonly logLevel: string;
  readonly timezone: string;
  readonly dataDir: string;
  readonly sessionsDir: string;
  /** Of each live device. */
  readonly chatStoreBytes: number;
  readonly history: {
    /** For devices that name no other number. */
    readonly days: number;
    /** What is taken from phones of the time before linking. */
    readonly syncMessages: number;
    readonly syncDays: number;
  };
  /** `file:/absolute/path.db` or `mysql://…`; may hold a password, so it is never logged. */
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly http: {
    readonly trustProxy: readonly string[];
    readonly corsOrigins: readonly string[];
    /** Whether the session cookie may travel over TLS only. */
    readonly cookieSecure: boolean;
    readonly bodyLimitBytes: number;
    /** 0 means no limit. */
    readonly rateLimitPerMinute: number;
  };
  /** Addresses that are not public and may be reached all the same. */
  readonly egressAllow: readonly EgressAllowance[];
  /** How long one call to a chatbot may take. */
  readonly chatbotTimeoutMs: number;
  /** Requests at once to one receiver. */
  readonly webhookConcurrency: number;
  /** How long it is known who changed what. */
  readonly auditLogDays: number;
  /** How long events are kept for those who were away. */
  readonly eventLogDays: number;
  readonly media: MediaConfig;
  readonly otp: OtpConfig;
  readonly alerts: AlertConfig;
  readonly whatsapp: WhatsAppConfig;
  /** Null outside the sandbox: then only WhatsApp itself is talked to. */
  readonly sandbox: SandboxConfig | null;
  /** Secrets as the operator gave them; secrets.ts makes those that are missing. Never logged. */
  readonly given: {
    readonly adminApiKey: string | null;
    /** One key or several separated by commas, the current one first; key-encryption-key.ts reads it. */
    readonly masterKey: string | null;
    readonly sessionSecret: string | null;
  };
  /** Sentences for the log at start: things that are probably not meant. */
  readonly warnings: readonly string[];
}

/** What is decided about files. */
export interface MediaConfig {
  /** The largest file that is taken for sending. */
  readonly maxBytes: number;
  /** All files that are to be sent. */
  readonly quotaBytes: number;
  /** Received files that are kept for the next who asks; 0: none. */
  readonly cacheBytes: number;
  /** Null: nothing is converted that needs it. */
  readonly ffmpegPath: string | null;
}

/** What is decided about one-time codes. */
export interface OtpConfig {
  /** How long somebody waits for the next one. */
  readonly resendMs: number;
  /** An hour. */
  readonly perRecipient: number;
  readonly perCaller: number;
  readonly maxAttempts: number;
}

/** What is decided about alerts. */
export interface AlertConfig {
  /** How long the same alert is not sent again; 0: it is. */
  readonly repeatMs: number;
  readonly ackWords: readonly string[];
  /** Null: no broker is listened to. */
  readonly mqtt: MqttConfig | null;
}

export interface MqttConfig {
  /** May hold a password, so it is never logged. */
  readonly url: string;
  readonly clientId: string;
  readonly topics: readonly { readonly filter: string; readonly list: string }[];
}

export interface WhatsAppConfig {
  /** How a number without a country is read. */
  readonly defaultCountry: CountryCode;
  readonly defaultDevice: DeviceId | null;
  readonly printQrTerminal: boolean;
  readonly initialSyncWaitMs: number;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  readonly version: readonly [number, number, number] | null;
  readonly connectsPerSecond: number;
  readonly connectBurst: number;
}

export interface SandboxConfig {
  readonly endpoint: string | null;
  /** 64 hex digits. */
  readonly rootKeyHex: string | null;
  readonly mediaOrigin: string | null;
  readonly mediaCaFile: string | null;
}

/** Throws ConfigError naming every wrong and missing key at once. */
export function createConfig(environment: Environment): Config {
  const { keys, problems } = parseKeys(environment);
  if (keys === null) throw new ConfigError(problems);
  const from = (folder: string) => path.resolve(environment.directory, folder);
  const dataDir = from(keys.DATA_DIR);
  return {
    host: keys.HOST,
    port: keys.DASHBOARD_PORT,
    role: keys.ROLE,
    logLevel: keys.LOG_LEVEL,
    timezone: keys.APP_TIMEZONE,
    dataDir,
    sessionsDir: from(keys.SESSIONS_DIR),
    chatStoreBytes: keys.CHAT_STORE_BYTES,
    history: {
      days: keys.HISTORY_DAYS,
      syncMessages: keys.HISTORY_SYNC_MESSAGES,
      syncDays: keys.HISTORY_SYNC_DAYS,
    },
    databaseUrl: databaseUrl(keys, { directory: environment.directory, dataDir }),
    redisUrl: keys.REDIS_URL ?? null,
    http: {
      trustProxy: keys.TRUST_PROXY ?? [],
      corsOrigins: keys.CORS_ORIGINS ?? [],
      cookieSecure: keys.COOKIE_SECURE,
      bodyLimitBytes: keys.BODY_LIMIT_BYTES,
      rateLimitPerMinute: keys.RATE_LIMIT_PER_MINUTE,
    },
    egressAllow: keys.EGRESS_ALLOW ?? [],
    chatbotTimeoutMs: keys.CHATBOT_TIMEOUT_MS,
    webhookConcurrency: keys.WEBHOOK_CONCURRENCY,
    auditLogDays: keys.AUDIT_LOG_DAYS,
    eventLogDays: keys.EVENT_LOG_DAYS,
    media: {
      maxBytes: keys.MEDIA_MAX_BYTES,
      quotaBytes: keys.MEDIA_QUOTA_BYTES,
      cacheBytes: keys.MEDIA_CACHE_BYTES,
      ffmpegPath: keys.FFMPEG_PATH ?? null,
    },
    otp: otpConfig(keys),
    alerts: alertConfig(keys),
    whatsapp: whatsAppConfig(keys),
    sandbox: sandboxConfig(keys),
    given: {
      adminApiKey: keys.ADMIN_API_KEY ?? null,
      masterKey: keys.MASTER_KEY ?? null,
      sessionSecret: keys.SESSION_SECRET ?? null,
    },
    warnings: warningsAbout(keys, environment),
  };
}

function otpConfig(keys: Keys): OtpConfig {
  return {
    resendMs: keys.OTP_RESEND_SECONDS * 1_000,
    perRecipient: keys.OTP_PER_RECIPIENT,
    perCaller: keys.OTP_PER_CALLER,
    maxAttempts: keys.OTP_MAX_ATTEMPTS,
  };
}

function alertConfig(keys: Keys): AlertConfig {
  const { MQTT_URL: url, MQTT_CLIENT_ID: clientId, MQTT_TOPICS: topics = [] } = keys;
  return {
    repeatMs: keys.ALERT_REPEAT_SECONDS * 1_000,
    ackWords: keys.ALERT_ACK_WORDS,
    mqtt: url === undefined ? null : { url, clientId, topics },
  };
}

function whatsAppConfig(keys: Keys): WhatsAppConfig {
  return {
    defaultCountry: keys.WA_DEFAULT_COUNTRY,
    defaultDevice: keys.WA_DEFAULT_DEVICE ?? null,
    printQrTerminal: keys.WA_PRINT_QR_TERMINAL,
    initialSyncWaitMs: keys.WA_INITIAL_SYNC_WAIT_MS,
    connectTimeoutMs: keys.WA_CONNECT_TIMEOUT_MS,
    queryTimeoutMs: keys.WA_QUERY_TIMEOUT_MS,
    keepAliveIntervalMs: keys.WA_KEEPALIVE_INTERVAL_MS,
    version: keys.WA_VERSION ?? null,
    connectsPerSecond: keys.WA_CONNECTS_PER_SECOND,
    connectBurst: keys.WA_CONNECT_BURST,
  };
}

function sandboxConfig(keys: Keys): SandboxConfig | null {
  if (!keys.WA_SANDBOX) return null;
  return {
    endpoint: keys.WA_ENDPOINT ?? null,
    rootKeyHex: keys.WA_ROOT_KEY ?? null,
    mediaOrigin: keys.WA_MEDIA_ORIGIN ?? null,
    mediaCaFile: keys.WA_MEDIA_CA ?? null,
  };
}

function warningsAbout(keys: Keys, { unknown }: Environment): string[] {
  const warnings: string[] = [];
  if (unknown.length > 0) warnings.push(`.env sets keys that mean nothing here: ${unknown.join(', ')}`);
  if (keys.DATABASE_URL !== undefined && keys.DB_HOST !== undefined) {
    warnings.push('DATABASE_URL and DB_HOST are both set: DATABASE_URL is used');
  }
  if (!keys.COOKIE_SECURE) {
    warnings.push('COOKIE_SECURE=false: whoever can listen on the network can take over a session');
  }
  if (keys.ROLE !== 'all' && keys.REDIS_URL === undefined) {
    warnings.push(`ROLE=${keys.ROLE} without REDIS_URL: what crosses processes is up to ten seconds late`);
  }
  return warnings;
}
