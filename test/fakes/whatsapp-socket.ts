import { AppError } from '../../src/shared/errors.ts';
import type { Disconnect } from '../../src/whatsapp/disconnect.ts';
import type { GroupCommands } from '../../src/whatsapp/group.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import type { OutgoingMessage } from '../../src/whatsapp/outgoing.ts';
import type { OpenSocket, SocketEvent, SocketRequest, WhatsAppSocket } from '../../src/whatsapp/socket.ts';

/** One socket that a test drives in WhatsApp's place. */
export interface FakeSocket extends WhatsAppSocket {
  readonly request: SocketRequest;
  readonly sent: OutgoingMessage[];
  isClosed(): boolean;
  /** What the next probes answer; true until changed. */
  answersProbes: boolean;
  emit(event: SocketEvent): void;
  /** The QR reference WhatsApp hands out. */
  showQr(qr?: string): void;
  opens(): void;
  ends(disconnect: Partial<Disconnect> & Pick<Disconnect, 'source' | 'code'>): void;
}

export interface FakeWhatsApp {
  readonly openSocket: OpenSocket;
  readonly sockets: FakeSocket[];
  /** The socket opened last. */
  last(): FakeSocket;
  /** Makes the following opens reject; null opens again. */
  refuse: Error | null;
}

export const FAKE_JID = '6281200000001:1@s.whatsapp.net' as Jid;
export const FAKE_LID = '123456789012345:1@lid' as Jid;

/** An OpenSocket that opens nothing: every socket waits for the test to say what happens. */
export function createFakeWhatsApp(): FakeWhatsApp {
  const sockets: FakeSocket[] = [];
  const whatsApp: FakeWhatsApp = {
    sockets,
    refuse: null,
    last() {
      const socket = sockets.at(-1);
      if (!socket) throw new Error('no socket was opened');
      return socket;
    },
    async openSocket(request) {
      if (whatsApp.refuse) throw whatsApp.refuse;
      const socket = createFakeSocket(request);
      sockets.push(socket);
      return socket;
    },
  };
  return whatsApp;
}

function createFakeSocket(request: SocketRequest): FakeSocket {
  let closed = false;
  const end = (disconnect: Disconnect) => {
    if (closed) return;
    closed = true;
    request.onEvent({ type: 'close', disconnect });
  };
  const socket: FakeSocket = {
    request,
    sent: [],
    answersProbes: true,
    isClosed: () => closed,
    emit: request.onEvent,
    showQr: (qr = 'qr-1') => request.onEvent({ type: 'qr', qr, ttlMs: 60_000 }),
    opens: () => request.onEvent({ type: 'open', jid: FAKE_JID, lid: FAKE_LID, pushName: 'Ana' }),
    ends: ({ text = 'test', ...wire }) => end({ text, ...wire }),
    async requestPairingCode() {
      return 'ABCD2345';
    },
    async send(message) {
      socket.sent.push(message);
    },
    async refreshRecipient() {},
    async markRead() {},
    askForReupload: async () => null,
    async showChatState() {},
    checkNumbers: async (numbers) => new Map(numbers.map((number) => [number, null])),
    contactProfile: async () => ({ pictureUrl: null, about: null, aboutSetAt: null }),
    groups: createFakeGroups(),
    async fetchOlder() {
      return [];
    },
    async askRestrictions() {
      return { reachoutLock: null, messageCap: null };
    },
    async probe() {
      return socket.answersProbes;
    },
    async logout() {
      return 'confirmed';
    },
    async close() {
      end({ source: 'local', code: 0, text: 'closed on request' });
    },
  };
  return socket;
}

/** An account that is in no group. */
function createFakeGroups(): GroupCommands {
  const refuse = async () => {
    throw new AppError('GROUP_NOT_FOUND');
  };
  return {
    list: async () => [],
    info: refuse,
    create: refuse,
    leave: refuse,
    change: refuse,
    changeParticipants: refuse,
    inviteCode: refuse,
    renewInvite: refuse,
    join: refuse,
    joinRequests: refuse,
    answerJoinRequests: refuse,
  };
}
