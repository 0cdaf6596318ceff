import {
  type AuthenticationCreds,
  type AuthenticationState,
  BufferJSON,
  type ConnectionState,
  initAuthCreds,
  makeWASocket,
  proto,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type UserFacingSocketConfig,
  WA_CERT_DETAILS,
  type WAMessage,
  type WAMessageUpdate,
  type WASocket,
} from '@whiskeysockets/baileys';
import { pino } from 'pino';
import { silenceLibsignal } from '../../src/simulator/phone/quiet-console.ts';
import { createRecorder, type Recorder } from './recorder.ts';

/** The unmodified Baileys library as a linked device; its credentials are in memory unless `config.auth` keeps them. */
export interface Companion {
  readonly auth: AuthenticationState;
  readonly connection: Recorder<Partial<ConnectionState>>;
  readonly messages: Recorder<WAMessage>;
  readonly updates: Recorder<WAMessageUpdate>;
  /** Status codes of the closes so far. */
  readonly closes: Recorder<number>;
  /** The socket of now: after the restart that follows pairing it is another one. */
  socket(): WASocket;
  /** Opens a socket; a close with 515 opens the next by itself. */
  connect(): void;
  /** The text of the next QR code, of those not handed out yet. */
  nextQr(): Promise<string>;
  /** Resolves when the connection is open the `times`-th time. */
  opened(times?: number): Promise<void>;
  /** Resolves when the first sync after pairing is done: from then on events are no longer held back. */
  synced(): Promise<void>;
  /** Ends the socket and does not come back. */
  stop(): Promise<void>;
}

export interface CompanionOptions {
  /** `ws://…` of the simulator. */
  readonly url: string;
  readonly config?: Partial<UserFacingSocketConfig>;
}

/** Makes every Baileys socket of this process take the simulator for WhatsApp. */
export function trustSimulator(rootKeyHex: string): void {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKeyHex, 'hex');
}

export function createCompanion({ url, config = {} }: CompanionOptions): Companion {
  silenceLibsignal();
  const auth = config.auth ?? memoryAuth();
  const connection = createRecorder<Partial<ConnectionState>>();
  const messages = createRecorder<WAMessage>();
  const updates = createRecorder<WAMessageUpdate>();
  const closes = createRecorder<number>();
  const qrCodes = createRecorder<string>();
  const opens = createRecorder<number>();
  const creds = createRecorder<Partial<AuthenticationCreds>>();
  const sent = new Map<string, proto.IMessage>();
  let current: WASocket | null = null;
  let handedOut = 0;
  let stopped = false;

  const onConnection = (update: Partial<ConnectionState>) => {
    connection.add(update);
    if (update.qr) qrCodes.add(update.qr);
    if (update.connection === 'open') opens.add(opens.all.length + 1);
    if (update.connection !== 'close') return;
    const code = statusOf(update.lastDisconnect?.error);
    closes.add(code);
    if (code === 515 && !stopped) connect();
  };
  const connect = () => {
    const socket = makeWASocket({
      auth,
      waWebSocketUrl: url,
      logger: pino({ level: process.env.COMPANION_LOG ?? 'silent' }),
      getMessage: async ({ id }) => sent.get(id ?? ''),
      ...config,
    });
    current = socket;
    socket.ev.on('creds.update', (update) => {
      Object.assign(auth.creds, update);
      creds.add(update);
    });
    socket.ev.on('connection.update', onConnection);
    socket.ev.on('messages.upsert', (upsert) => {
      for (const message of upsert.messages) {
        if (message.key.fromMe && message.key.id && message.message)
          sent.set(message.key.id, message.message);
        messages.add(message);
      }
    });
    socket.ev.on('messages.update', (batch) => {
      for (const update of batch) updates.add(update);
    });
  };
  const socket = () => {
    if (!current) throw new Error('the companion was not connected');
    return current;
  };
  return {
    auth,
    connection,
    messages,
    updates,
    closes,
    socket,
    connect,
    async nextQr() {
      const qr = await qrCodes.waitFor(() => true, handedOut);
      handedOut += 1;
      return qr;
    },
    async opened(times = 1) {
      await opens.waitFor((count) => count >= times);
    },
    async synced() {
      await creds.waitFor(({ accountSyncCounter }) => (accountSyncCounter ?? 0) > 0);
    },
    async stop() {
      stopped = true;
      await current?.end(undefined);
    },
  };
}

function statusOf(error: unknown): number {
  const output = typeof error === 'object' && error !== null && 'output' in error ? error.output : null;
  const code =
    typeof output === 'object' && output !== null && 'statusCode' in output ? output.statusCode : 0;
  return Number(code);
}

/** Values go through JSON, as in any database, so that nothing is shared by reference. */
function memoryAuth(): AuthenticationState {
  const rows = new Map<string, string>();
  const keys: SignalKeyStore = {
    async get<Type extends keyof SignalDataTypeMap>(type: Type, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[Type] } = {};
      for (const id of ids) {
        const row = rows.get(`${type}/${id}`);
        if (row === undefined) continue;
        const value = JSON.parse(row, BufferJSON.reviver);
        found[id] = type === 'app-state-sync-key' ? proto.Message.AppStateSyncKeyData.create(value) : value;
      }
      return found;
    },
    async set(data) {
      for (const [type, entries] of Object.entries(data)) {
        for (const [id, value] of Object.entries(entries ?? {})) {
          if (value) rows.set(`${type}/${id}`, JSON.stringify(value, BufferJSON.replacer));
          else rows.delete(`${type}/${id}`);
        }
      }
    },
  };
  return { creds: initAuthCreds(), keys };
}
