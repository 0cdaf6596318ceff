import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import { checkNumbers, contactProfile } from './baileys-contacts.ts';
import { createGroupCommands } from './baileys-groups.ts';
import { fetchOlder } from './baileys-history.ts';
import type { BaileysLibrary } from './baileys-library.ts';
import { askForReupload, type RetryLibrary } from './baileys-media-retry.ts';
import { askRestrictions } from './baileys-restrictions.ts';
import { type Jid, parseJid, withoutDevice } from './jid.ts';
import type { OutgoingMessage } from './outgoing.ts';
import { stanzaExtras, toWaContent } from './outgoing-content.ts';
import type { OutgoingMediaUploads } from './outgoing-media.ts';
import type { WhatsAppSocket } from './socket.ts';
import type { SocketEnding } from './socket-ending.ts';

export interface CommandParts {
  readonly deviceId: DeviceId;
  readonly media: OutgoingMediaUploads;
  readonly sock: WASocket;
  readonly ending: SocketEnding;
  readonly clock: Clock;
  readonly library: RetryLibrary &
    Pick<BaileysLibrary, 'generateWAMessageFromContent' | 'normalizeMessageContent'>;
}

/** What we can ask of a Baileys socket. Baileys leaves queries hanging when it ends, so all of them race its end. */
export function createBaileysCommands(parts: CommandParts): WhatsAppSocket {
  const { sock, ending } = parts;
  return {
    requestPairingCode: (phoneNumber) => ending.race(sock.requestPairingCode(phoneNumber)),
    send: (message) => send(parts, message),
    refreshRecipient: (to) => ending.race(refreshRecipient(parts, to)),
    markRead: (messages) =>
      ending.race(
        sock.readMessages(
          messages.map(({ chat, participant, waMessageId }) => ({
            remoteJid: chat,
            id: waMessageId,
            ...(participant && { participant }),
          })),
        ),
      ),
    async showChatState(to, state) {
      if (!sock.ws.isOpen) throw new AppError('DEVICE_NOT_CONNECTED');
      await ending.race(sock.sendPresenceUpdate(state, to));
    },
    checkNumbers: (numbers) => checkNumbers(parts, numbers),
    groups: createGroupCommands(parts),
    contactProfile: (jid) => contactProfile(parts, jid),
    fetchOlder: (request) => fetchOlder(parts, request),
    askForReupload: (request) => askForReupload(parts, request),
    askRestrictions: (timeoutMs) => askRestrictions(parts, timeoutMs),
    probe: (timeoutMs) => isAnswered(parts, { query: PING, timeoutMs }),
    logout: (timeoutMs) => logout(parts, timeoutMs),
    async close() {
      void sock.end(undefined);
      await ending.wait();
    },
  };
}

async function send(parts: CommandParts, { waMessageId, to, content }: OutgoingMessage): Promise<void> {
  const { deviceId, sock, ending, clock, library } = parts;
  const userJid = sock.authState.creds.me?.id;
  if (!sock.ws.isOpen || !userJid) throw new AppError('DEVICE_NOT_CONNECTED');
  const at = clock.now();
  const options = { userJid, messageId: waMessageId, timestamp: at };
  const said =
    'media' in content
      ? await ending.race(
          parts.media.prepare(content, { deviceId, waMessageId, at, upload: sock.waUploadToServer }),
        )
      : toWaContent(content, { to, at });
  const { message } = library.generateWAMessageFromContent(to, said, options);
  try {
    const extras = { messageId: waMessageId, ...stanzaExtras(content) };
    if (message) await ending.race(sock.relayMessage(to, message, extras));
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

/** Our own other devices get a copy of every message, so their list may be the stale one as well. */
async function refreshRecipient({ sock }: CommandParts, to: Jid): Promise<void> {
  const own = parseJid(sock.authState.creds.me?.id ?? '');
  const people = own ? [to, withoutDevice(own)] : [to];
  const devices = await sock.getUSyncDevices(people, false, false);
  await sock.assertSessions(
    devices.map(({ jid }) => jid),
    true,
  );
}

/** The server answered one of the queries before the send with an error: asking again would change nothing. */
function refusalOf(error: unknown): AppError | null {
  const cause = error instanceof AppError ? error.cause : null;
  if (!(cause instanceof Error && 'data' in cause && typeof cause.data === 'number')) return null;
  return new AppError('SEND_REFUSED', { code: cause.data }, { cause });
}

/** The server confirms with a result, or by ending the stream with 401. */
async function logout(parts: CommandParts, timeoutMs: number): Promise<'confirmed' | 'timed-out'> {
  const { sock, ending } = parts;
  const jid = sock.authState.creds.me?.id;
  if (!jid || !sock.ws.isOpen) return 'timed-out';
  ending.expectLogout();
  const answered = await isAnswered(parts, { query: removeCompanion(jid), timeoutMs });
  return answered || ending.disconnect()?.code === 401 ? 'confirmed' : 'timed-out';
}

/** The address of the server itself: a JID without a user, which on the wire is not the same as its text. */
const SERVER = '@s.whatsapp.net';

/** A ping of ours; the server answers it like a keep-alive. */
const PING: BinaryNode = {
  tag: 'iq',
  attrs: { to: SERVER, type: 'get', xmlns: 'w:p' },
  content: [{ tag: 'ping', attrs: {} }],
};

function removeCompanion(jid: string): BinaryNode {
  return {
    tag: 'iq',
    attrs: { to: SERVER, type: 'set', xmlns: 'md' },
    content: [{ tag: 'remove-companion-device', attrs: { jid, reason: 'user_initiated' } }],
  };
}

/** Whether a reply came in time; Baileys answers undefined, rejects or hangs when none does. */
function isAnswered(
  { sock, ending, clock }: CommandParts,
  { query, timeoutMs }: { query: BinaryNode; timeoutMs: number },
): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(timeoutMs, () => resolve(false));
    // A copy: Baileys writes the id of the query into its attributes.
    const work = sock.query({ ...query, attrs: { ...query.attrs } }, timeoutMs);
    ending
      .race(work)
      .then(
        (reply) => resolve(reply !== undefined),
        () => resolve(false),
      )
      .finally(() => timer.cancel());
  });
}
