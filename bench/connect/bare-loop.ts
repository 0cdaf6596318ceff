/** What one writes first: a socket per session, keys in memory, connect again when it closes. The measure for ours. */
import {
  type AuthenticationState,
  BufferJSON,
  DEFAULT_CONNECTION_CONFIG,
  makeWASocket,
  type SignalDataTypeMap,
  type SignalKeyStore,
  WA_CERT_DETAILS,
  type WASocket,
} from '@whiskeysockets/baileys';
import { sendBare } from '../outbox/bare-sends.ts';
import type { BenchMessage } from '../support/messages.ts';
import { readSessions, type StoredSession } from '../support/sessions.ts';

const AT_ONCE = 32;
const RETRY_MS = 500;

const [file = '', url = '', rootKeyHex = ''] = process.argv.slice(2);
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKeyHex, 'hex');
for (const name of ['info', 'warn', 'error', 'log', 'debug'] as const) console[name] = () => {};
const silent = {
  level: 'silent',
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

const opened = new Map<string, number>();
const sockets = new Map<string, WASocket>();
const waiting: { times: number; tell: () => void }[] = [];
const sessions = readSessions(file);
const queue: { session: StoredSession; auth: AuthenticationState }[] = [];
let dialling = 0;

process.on('message', (message: BenchMessage) => {
  if (message.kind === 'send') {
    const { load } = message;
    const inOrder = sessions.flatMap(({ phoneNumber }) => sockets.get(phoneNumber) ?? []);
    void sendBare(inOrder, load).then((result) => process.send?.({ ...message, result }));
  }
  if (message.kind !== 'open') return;
  waiting.push({ times: message.times, tell: () => process.send?.(message) });
  tellWhoWaits();
});
process.once('disconnect', () => process.exit(0));
// The probe let go of the channel; here it is what keeps a process without sockets alive.
process.channel?.ref();
for (const session of sessions) queue.push({ session, auth: memoryAuth(session) });
dialNext();

function dialNext(): void {
  while (dialling < AT_ONCE) {
    const entry = queue.shift();
    if (!entry) return;
    dialling += 1;
    dial(entry);
  }
}

function dial(entry: { session: StoredSession; auth: AuthenticationState }): void {
  const { session, auth } = entry;
  let isOpen = false;
  const socket = makeWASocket({
    version: DEFAULT_CONNECTION_CONFIG.version,
    auth,
    waWebSocketUrl: url,
    logger: silent,
    markOnlineOnConnect: false,
  });
  socket.ev.on('creds.update', (update) => Object.assign(auth.creds, update));
  socket.ev.on('connection.update', ({ connection }) => {
    if (connection === 'open') {
      isOpen = true;
      sockets.set(session.phoneNumber, socket);
      dialling -= 1;
      opened.set(session.phoneNumber, (opened.get(session.phoneNumber) ?? 0) + 1);
      tellWhoWaits();
    }
    if (connection === 'close') {
      if (!isOpen) dialling -= 1;
      setTimeout(() => {
        queue.push(entry);
        dialNext();
      }, Math.random() * RETRY_MS);
    }
    if (connection === 'open') dialNext();
  });
}

function tellWhoWaits(): void {
  for (const { times, tell } of [...waiting]) {
    const done = [...opened.values()].filter((count) => count >= times).length;
    if (done < sessions.length) continue;
    waiting.splice(
      waiting.findIndex((entry) => entry.tell === tell),
      1,
    );
    tell();
  }
}

/** Values are kept as JSON, as any store would. */
function memoryAuth({ creds, preKeys }: StoredSession): AuthenticationState {
  const rows = new Map<string, string>();
  for (const { id, pair } of preKeys) rows.set(`pre-key/${id}`, JSON.stringify(pair, BufferJSON.replacer));
  const keys: SignalKeyStore = {
    async get<Type extends keyof SignalDataTypeMap>(type: Type, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[Type] } = {};
      for (const id of ids) {
        const row = rows.get(`${type}/${id}`);
        if (row !== undefined) found[id] = JSON.parse(row, BufferJSON.reviver);
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
  return { creds, keys };
}
