import type { WAMessage } from '@whiskeysockets/baileys';
import type { HistoryRecord, RecordOf } from '../../src/simulator/server/history.ts';
import { type Companion, createCompanion } from '../support/companion.ts';
import type { TestSimulator } from '../support/simulator.ts';

export const ANA = '6281200000001';
export const BUDI = '6281200000002';
export const ANAS_DEVICE = `${ANA}:1@s.whatsapp.net`;
export const BUDIS_DEVICE = `${BUDI}:1@s.whatsapp.net`;

/** A new companion, linked to the phone with this number by QR code, past its first sync. */
export async function pair(simulator: TestSimulator, phoneNumber: string): Promise<Companion> {
  const companion = createCompanion({ url: simulator.url });
  companion.connect();
  await simulator.phone(phoneNumber).scanQr(await companion.nextQr());
  await companion.synced();
  return companion;
}

/** Ends the companion's connection from the client's side; resolves when the server has noticed. */
export async function hangUp(simulator: TestSimulator, companion: Companion): Promise<void> {
  const after = simulator.history.sequence;
  await companion.socket().end(undefined);
  await simulator.history.waitFor(({ kind }) => kind === 'connection-closed', { after });
}

/** The next record of a kind that passes. */
export async function next<Kind extends HistoryRecord['kind']>(
  simulator: TestSimulator,
  kind: Kind,
  passes: (record: RecordOf<Kind>) => boolean = () => true,
): Promise<RecordOf<Kind>> {
  const isIt = (record: HistoryRecord): record is RecordOf<Kind> => record.kind === kind;
  const found = await simulator.history.waitFor((record) => isIt(record) && passes(record));
  if (!isIt(found)) throw new Error('another kind of record passed');
  return found;
}

export function textOf({ message }: WAMessage): string | null {
  return message?.conversation ?? message?.extendedTextMessage?.text ?? null;
}
