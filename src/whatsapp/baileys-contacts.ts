import type { WASocket } from '@whiskeysockets/baileys';
import { AppError } from '../shared/errors.ts';
import { formatJid, type Jid, PN_SERVER, parseJid, withoutDevice } from './jid.ts';
import type { ContactProfile } from './socket.ts';
import type { SocketEnding } from './socket-ending.ts';

interface ContactParts {
  readonly sock: WASocket;
  readonly ending: SocketEnding;
}

/** How long the server may take to answer a question about somebody, in ms. */
const PICTURE_PATIENCE_MS = 10_000;

/** Asks which numbers (digits) are on WhatsApp, and under which address. */
export async function checkNumbers(
  { sock, ending }: ContactParts,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, Jid | null>> {
  if (!sock.ws.isOpen) throw new AppError('DEVICE_NOT_CONNECTED');
  const asked = numbers.map((user) => formatJid({ user, server: PN_SERVER }));
  const found = await ending.race(sock.onWhatsApp(...asked));
  // Baileys answers nothing at all when the question timed out.
  if (found === undefined) throw new AppError('WHATSAPP_UNAVAILABLE');
  const registered = new Map<string, Jid>();
  for (const { jid, exists } of found) {
    const address = parseJid(jid);
    if (exists && address) registered.set(withoutDevice(address).split('@')[0] ?? '', withoutDevice(address));
  }
  return new Map(numbers.map((number) => [number, registered.get(number) ?? null]));
}

/** What somebody shows of themselves; null where they show nothing, or not to us. */
export async function contactProfile({ sock, ending }: ContactParts, jid: Jid): Promise<ContactProfile> {
  if (!sock.ws.isOpen) throw new AppError('DEVICE_NOT_CONNECTED');
  const [picture, status] = await Promise.allSettled([
    ending.race(sock.profilePictureUrl(jid, 'image', PICTURE_PATIENCE_MS)),
    ending.race(sock.fetchStatus(jid)),
  ]);
  if (picture.status === 'rejected' && status.status === 'rejected')
    throw new AppError('WHATSAPP_UNAVAILABLE');
  const about = status.status === 'fulfilled' ? readAbout(status.value) : null;
  return {
    pictureUrl: (picture.status === 'fulfilled' && picture.value) || null,
    about: about?.text ?? null,
    aboutSetAt: about?.setAt ?? null,
  };
}

type StatusList = Awaited<ReturnType<WASocket['fetchStatus']>>;

function readAbout(list: StatusList): { text: string; setAt: Date | null } | null {
  const status: unknown = list?.[0]?.status;
  if (typeof status !== 'object' || status === null || !('status' in status)) return null;
  if (typeof status.status !== 'string' || status.status === '') return null;
  const setAt = 'setAt' in status && status.setAt instanceof Date ? status.setAt : null;
  return { text: status.status, setAt: setAt && setAt.getTime() > 0 ? setAt : null };
}
