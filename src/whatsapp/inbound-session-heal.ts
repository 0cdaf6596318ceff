import type { SignalKeyStore, SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';
import { isLid, parseJid } from './jid.ts';

/**
 * Moves a session that still lives under the phone number to the LID, where the library looks for it. The library moves sessions
 * itself, but in a transaction of its own and only for people whose devices it has listed: after a crash in between, or on a
 * device that only receives, the next message would find no session. Call it inside the transaction that decrypts.
 */
export async function healSession(
  jid: string,
  { keys, repository }: { keys: SignalKeyStore; repository: SignalRepositoryWithLIDStore },
): Promise<void> {
  const parsed = parseJid(jid);
  if (!parsed || !isLid(parsed)) return;
  const address = repository.jidToSignalProtocolAddress(jid);
  const { [address]: known } = await keys.get('session', [address]);
  if (known) return;
  const pn = await repository.lidMapping.getPNForLID(jid);
  if (!pn) return;
  const former = repository.jidToSignalProtocolAddress(pn);
  const { [former]: stranded } = await keys.get('session', [former]);
  if (stranded) await keys.set({ session: { [address]: stranded, [former]: null } });
}
