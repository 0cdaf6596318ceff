/** One key of the environment, as the configuration reads it and docs/configuration.md lists it. */
export interface ConfigKey {
  readonly name: string;
  /** What holds when the key is not set; null when nothing does. */
  readonly default: string | null;
  /** What it does, for an operator; one sentence. */
  readonly meaning: string;
  /** A secret is never printed, only whether it is configured. */
  readonly secret?: true;
}

/** Every key there is. docs/configuration.md and .env.example are compared with it by tests. */
export const CONFIG_KEYS = [
  { name: 'HOST', default: '127.0.0.1', meaning: 'Address the server listens on.' },
  {
    name: 'DASHBOARD_PORT',
    default: '4000',
    meaning: 'Port the server listens on; 0 lets the system choose.',
  },
  { name: 'ROLE', default: 'all', meaning: 'Part this process plays: all, api, devices or worker.' },
  { name: 'LOG_LEVEL', default: 'info', meaning: 'debug, info, warn, error or silent.' },
  {
    name: 'APP_TIMEZONE',
    default: 'Asia/Jakarta',
    meaning: 'IANA time zone of timestamps in answers and of dates in requests.',
  },
  { name: 'DATA_DIR', default: './data', meaning: 'Folder of the SQLite file and of generated secrets.' },
  {
    name: 'SESSIONS_DIR',
    default: './sessions',
    meaning: 'Folder searched at start for auth_info_baileys_{deviceId} folders to adopt.',
  },
  {
    name: 'DATABASE_URL',
    default: null,
    meaning: 'mysql://user:password@host:port/name or file:/path/to/file.db; wins over the DB_ keys.',
    secret: true,
  },
  { name: 'DB_HOST', default: null, meaning: 'MySQL or MariaDB host; without it and DATABASE_URL: SQLite.' },
  { name: 'DB_PORT', default: '3306', meaning: 'Port of the database.' },
  { name: 'DB_USER', default: null, meaning: 'User of the database; needed with DB_HOST.' },
  { name: 'DB_PASSWORD', default: '', meaning: 'Password of the database user.', secret: true },
  { name: 'DB_NAME', default: null, meaning: 'Name of the database; needed with DB_HOST.' },
  {
    name: 'REDIS_URL',
    default: null,
    meaning: 'redis:// or rediss:// URL; lets several processes wake each other. Without it they poll.',
    secret: true,
  },
  {
    name: 'ADMIN_API_KEY',
    default: null,
    meaning: 'At least 32 characters; becomes the first administrator key when no key exists.',
    secret: true,
  },
  {
    name: 'MASTER_KEY',
    default: null,
    meaning:
      'Key that protects device sessions and API keys at rest: 32 bytes as 64 hex digits or base64; earlier keys may follow after a comma. Generated into DATA_DIR when not set; several machines need the same one.',
    secret: true,
  },
  {
    name: 'SESSION_SECRET',
    default: null,
    meaning:
      'At least 32 characters; signs dashboard sessions. Generated into DATA_DIR when not set; several machines need the same one.',
    secret: true,
  },
  {
    name: 'COOKIE_SECURE',
    default: 'true',
    meaning:
      'Whether browsers send the session cookie over TLS (or to this machine) only; false for plain HTTP on a LAN.',
  },
  {
    name: 'AUDIT_LOG_DAYS',
    default: '365',
    meaning: 'How many days the audit log is kept.',
  },
  {
    name: 'TRUST_PROXY',
    default: null,
    meaning: 'Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas.',
  },
  {
    name: 'CORS_ORIGINS',
    default: null,
    meaning: 'Origins whose web pages may call the API, separated by commas.',
  },
  {
    name: 'EGRESS_ALLOW',
    default: null,
    meaning:
      'Networks, addresses and host names of a LAN that webhooks, chatbots, media URLs and proxies may be at, separated by commas.',
  },
  {
    name: 'CHAT_STORE_BYTES',
    default: '524288',
    meaning: 'How much of the chats of each live device is kept in memory and in SESSIONS_DIR, in bytes.',
  },
  {
    name: 'HISTORY_DAYS',
    default: '90',
    meaning: 'How many days history is kept, for devices that name no other number.',
  },
  {
    name: 'HISTORY_SYNC_MESSAGES',
    default: '10000',
    meaning: 'How many messages of the time before linking are taken from each phone; 0 takes none.',
  },
  {
    name: 'HISTORY_SYNC_DAYS',
    default: '90',
    meaning: 'How many days back messages of the time before linking are taken from phones.',
  },
  {
    name: 'CHATBOT_TIMEOUT_MS',
    default: '15000',
    meaning: 'How long the endpoint of a chatbot may take to answer, in ms.',
  },
  {
    name: 'WEBHOOK_CONCURRENCY',
    default: '4',
    meaning: 'Requests at once to the receiver of one webhook, from each process.',
  },
  {
    name: 'EVENT_LOG_DAYS',
    default: '7',
    meaning: 'How many days events are kept for readers that were away.',
  },
  {
    name: 'OTP_RESEND_SECONDS',
    default: '30',
    meaning: 'How long somebody waits for the next one-time code of one purpose.',
  },
  {
    name: 'OTP_PER_RECIPIENT',
    default: '5',
    meaning: 'One-time codes an hour to one recipient, whatever for.',
  },
  { name: 'OTP_PER_CALLER', default: '1000', meaning: 'One-time codes an hour by one API key or person.' },
  { name: 'OTP_MAX_ATTEMPTS', default: '5', meaning: 'How often a one-time code may be guessed.' },
  {
    name: 'ALERT_REPEAT_SECONDS',
    default: '60',
    meaning: 'How long the same alert for the same list is counted instead of sent; 0 sends each.',
  },
  {
    name: 'ALERT_ACK_WORDS',
    default: 'ok,oke,okay,ack,siap',
    meaning: 'What acknowledges an alert when its recipient writes just that, separated by commas.',
  },
  {
    name: 'MQTT_URL',
    default: null,
    meaning: 'mqtt:// or mqtts:// URL of the broker whose messages become alerts.',
    secret: true,
  },
  {
    name: 'MQTT_CLIENT_ID',
    default: 'wafleet',
    meaning: 'Name of the session the broker keeps for us; no other program may use it.',
  },
  {
    name: 'MQTT_TOPICS',
    default: null,
    meaning: 'Which topics alert which recipient list: filter=name of the list, separated by commas.',
  },
  {
    name: 'MEDIA_MAX_BYTES',
    default: '16777216',
    meaning: 'Largest file that is taken for sending, in bytes.',
  },
  {
    name: 'MEDIA_QUOTA_BYTES',
    default: '5368709120',
    meaning: 'How much of DATA_DIR files that are to be sent may take, in bytes.',
  },
  {
    name: 'MEDIA_CACHE_BYTES',
    default: '1073741824',
    meaning: 'How much of DATA_DIR received files may take once they were asked for, in bytes; 0 keeps none.',
  },
  {
    name: 'FFMPEG_PATH',
    default: null,
    meaning:
      'Path of an ffmpeg program that turns audio into voice notes; without it they must be Ogg with Opus.',
  },
  { name: 'BODY_LIMIT_BYTES', default: '1048576', meaning: 'Largest request body, in bytes.' },
  {
    name: 'RATE_LIMIT_PER_MINUTE',
    default: '6000',
    meaning: 'Requests a minute for each API key, or each address without one; 0 means no limit.',
  },
  {
    name: 'WA_DEFAULT_COUNTRY',
    default: 'ID',
    meaning: 'Country (two letters) of phone numbers written without one.',
  },
  {
    name: 'WA_DEFAULT_DEVICE',
    default: null,
    meaning: 'deviceId that /health and single-device callers mean.',
  },
  {
    name: 'WA_PRINT_QR_TERMINAL',
    default: 'false',
    meaning: 'Print QR codes to the terminal as well.',
  },
  {
    name: 'WA_INITIAL_SYNC_WAIT_MS',
    default: '120000',
    meaning: 'How long a device that just connected may take for its first synchronisation, in ms.',
  },
  {
    name: 'WA_CONNECT_TIMEOUT_MS',
    default: '20000',
    meaning: 'How long opening a connection may take, in ms.',
  },
  { name: 'WA_QUERY_TIMEOUT_MS', default: '60000', meaning: 'How long WhatsApp may take to answer, in ms.' },
  {
    name: 'WA_KEEPALIVE_INTERVAL_MS',
    default: '30000',
    meaning: 'How often an idle connection is checked, in ms.',
  },
  {
    name: 'WA_VERSION',
    default: null,
    meaning: 'WhatsApp Web version to announce, such as 2.3000.1020000000; else the last known good one.',
  },
  {
    name: 'WA_CONNECTS_PER_SECOND',
    default: '10',
    meaning: 'Connections the whole fleet opens a second once the burst is used up.',
  },
  { name: 'WA_CONNECT_BURST', default: '100', meaning: 'Connections that may open at once.' },
  {
    name: 'WA_SANDBOX',
    default: 'false',
    meaning: 'Talk to a test server instead of WhatsApp; allows the four keys below.',
  },
  { name: 'WA_ENDPOINT', default: null, meaning: 'ws:// or wss:// URL of the test server; loopback only.' },
  {
    name: 'WA_ROOT_KEY',
    default: null,
    meaning: "Public key of the test server's certificate root: 64 hex digits.",
  },
  {
    name: 'WA_MEDIA_ORIGIN',
    default: null,
    meaning: 'https origin that gets all media traffic; loopback only.',
  },
  {
    name: 'WA_MEDIA_CA',
    default: null,
    meaning: 'PEM file with the certificate authority of WA_MEDIA_ORIGIN.',
  },
] as const satisfies readonly ConfigKey[];

export type ConfigKeyName = (typeof CONFIG_KEYS)[number]['name'];
