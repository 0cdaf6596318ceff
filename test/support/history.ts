import type { Database } from '../../src/database/database.ts';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';

/** A row of history, as far as tests look at it. */
export interface HistoryRow {
  readonly id: string;
  readonly chat_jid: string;
  readonly participant_jid: string;
  readonly direction: string;
  readonly wa_message_id: string;
  readonly own_number: string;
  readonly sender_number: string | null;
  readonly receiver_number: string | null;
  readonly contact_number: string | null;
  readonly type: string;
  readonly text: string | null;
  readonly media: string | null;
  readonly reactions: string | null;
  readonly status: string | null;
  readonly source: string;
  readonly edited_at: Date | null;
  readonly revoked_at: Date | null;
}

/** In the order of their times, and of what they say. */
export function historyOf(database: Database, deviceId: string): Promise<HistoryRow[]> {
  return database.query<HistoryRow>({
    text: 'select * from history_message where device_id = ? order by message_timestamp, text, wa_message_id',
    params: [deviceId],
  });
}

export function chatsOf(database: Database, deviceId: string) {
  return database.query<{
    chat_jid: string;
    lid: string | null;
    phone_number: string | null;
    name: string | null;
  }>({
    text: 'select chat_jid, lid, phone_number, name from chat where device_id = ? order by chat_jid',
    params: [deviceId],
  });
}

/** What an operator decides; `updatedAt` is the time from which it counts. */
export async function allow(
  database: Database,
  { number, status, updatedAt = new Date(0) }: { number: string; status: string | null; updatedAt?: Date },
): Promise<void> {
  await database.run({ text: 'delete from allowed_number where whatsapp_number = ?', params: [number] });
  if (status === null) return;
  await database.run({
    text: 'insert into allowed_number (whatsapp_number, status, created_at, updated_at) values (?, ?, ?, ?)',
    params: [number, status, updatedAt, updatedAt],
  });
}

/** A linked device. */
export async function addLinkedDevice(
  database: Database,
  { deviceId, jid, lid }: { deviceId: DeviceId; jid: Jid; lid: Jid | null },
): Promise<void> {
  const proxySealer = { seal: (text: string) => text, open: (text: string) => text };
  const devices = createDeviceRepository({ database, clock: systemClock, proxySealer });
  if (!(await devices.find(deviceId))) {
    const settings = DEFAULT_DEVICE_SETTINGS;
    await devices.add({ deviceId, deviceName: null, tags: [], proxyUrl: null, settings });
  }
  await devices.update(deviceId, { jid, lid, phoneNumber: jid.replace(/[:@].*/, ''), linkState: 'linked' });
}

/** The tables in which `words` are found, in any column; the index of words belongs to history. */
export async function tablesWith(database: Database, words: string): Promise<string[]> {
  const list =
    database.dialect === 'sqlite'
      ? "select name from sqlite_master where type = 'table'"
      : 'select table_name as name from information_schema.tables where table_schema = database()';
  const found: string[] = [];
  for (const { name } of await database.query<{ name: string }>({ text: list, params: [] })) {
    const rows = await database.query<object>({ text: `select * from \`${name}\``, params: [] });
    const values = rows.flatMap((row) => Object.values(row));
    const texts = values.map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
    );
    if (texts.some((text) => text.includes(words))) found.push(name);
  }
  return found.filter((name) => !name.startsWith('history_search')).sort();
}

/** Nothing is kept of anybody. */
export async function clearHistory(database: Database): Promise<void> {
  const tables = [
    'allowed_number',
    'identity',
    'chat',
    'history_message',
    'event_log',
    'received_message',
    'outbound_message',
  ];
  for (const table of tables) await database.run({ text: `delete from ${table}`, params: [] });
}
