import type { Unsubscribe } from '../../shared/event-bus.ts';
import type { PhonePort } from '../core.ts';
import type { WireNode } from '../node.ts';
import { node } from '../server/stanza.ts';
import { type AutoReply, autoReplyTo } from './auto-reply.ts';
import { addressingOf, answerTo, editMessage, reactTo, revokeMessage } from './changes.ts';
import { type ContactCard, type Place, sendContact, sendLocation } from './contents.ts';
import { sendFirstSync } from './first-sync.ts';
import { createPhoneGroups, type PhoneGroups } from './groups.ts';
import { enterPairingCode, scanQr } from './linking.ts';
import { openMedia, sendMedia } from './media.ts';
import type { PhoneMessage } from './message-book.ts';
import { newMessageId, ownAccount, type PhoneContext } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { type Poll, sendPoll, vote } from './polls.ts';
import { setPicture, setPresence, setTyping, type Typing } from './presence.ts';
import { handleReceipt, sendReadReceipts } from './receipts.ts';
import { receiveMessage } from './receiving.ts';
import { type SendOptions, sendAgain, sendText } from './sending.ts';

/** A simulated phone in the hand of its owner. What fails for the owner's own reasons throws a PhoneError. */
export interface Phone {
  readonly phoneNumber: string;
  /** Links the companion showing this QR code; resolves with its device number. */
  scanQr(qrText: string): Promise<number>;
  /** Types a companion's pairing code; resolves with its device number. */
  enterPairingCode(code: string): Promise<number>;
  /** Sends to a phone number, or any address of an account; resolves when the server took it. */
  sendText(to: string, text: string, options?: SendOptions): Promise<PhoneMessage>;
  /** Sends an own message once more under its id: the same bytes, or encrypted anew. */
  sendAgain(messageId: string, how: 'identical' | 're-encrypted'): Promise<void>;
  /** Answers in the chat of a message, addressed as that chat is. */
  reply(messageId: string, text: string): Promise<PhoneMessage>;
  /** Answers and quotes the message. */
  quote(messageId: string, text: string): Promise<PhoneMessage>;
  /** Rewords an own text. */
  edit(messageId: string, text: string): Promise<PhoneMessage>;
  /** Takes a message back for everybody. */
  revoke(messageId: string): Promise<PhoneMessage>;
  /** An empty emoji takes the reaction back. */
  react(messageId: string, emoji: string): Promise<PhoneMessage>;
  /** Uploads a file and sends the message about it. */
  sendMedia(to: string, media: Parameters<typeof sendMedia>[2]): Promise<PhoneMessage>;
  /** The plaintext of the file of a message, sent or received. */
  openMedia(messageId: string): Promise<Uint8Array>;
  sendPoll(to: string, poll: Poll & SendOptions): Promise<PhoneMessage>;
  /** Votes in a poll, in place of an earlier vote; no option takes it back. */
  vote(messageId: string, options: readonly string[]): Promise<PhoneMessage>;
  sendLocation(to: string, place: Place & SendOptions): Promise<PhoneMessage>;
  sendContact(to: string, contact: ContactCard & SendOptions): Promise<PhoneMessage>;
  setPresence(presence: 'available' | 'unavailable'): Promise<void>;
  /** In a chat; it is the owner who seems to write. */
  setTyping(to: string, state: Typing): Promise<void>;
  /** A JPEG beside the owner's name; null takes it down. */
  setPicture(image: Uint8Array | null): Promise<void>;
  readonly groups: PhoneGroups;
  /** Who may put the owner into groups; contacts are those one has exchanged messages with. */
  setGroupAdds(who: 'all' | 'contacts' | 'none'): Promise<void>;
  /** Marks received messages read and says so to their senders; unknown ids throw, read ones are left out. */
  markRead(messageIds: readonly string[]): Promise<void>;
  /** Marks everything read that `from` (a phone number) sent; resolves with the number of messages. */
  markReadFrom(from: string): Promise<number>;
  /** Everything sent, received and copied from linked devices, oldest first. */
  messages(): readonly PhoneMessage[];
  /** Called for each new message and each change of status. */
  onMessage(listener: (message: PhoneMessage) => void): Unsubscribe;
  /** Unlinks a companion. */
  removeDevice(device: number): Promise<void>;
  /** Null ends it. */
  setAutoReply(reply: AutoReply | null): void;
  /** What is answered now; null while nothing is. */
  autoReply(): AutoReply | null;
  /** Off: senders never see their messages delivered, as if the phone were asleep. */
  setDeliveryReceipts(mode: 'on' | 'off'): void;
  readonly port: PhonePort;
}

/** Puts the parts of a phone together. */
export function createPhone(context: PhoneContext): Phone {
  let autoReply: AutoReply | null = null;
  let deliveryReceipts: 'on' | 'off' = 'on';
  const sendsReceipts = () => deliveryReceipts === 'on';

  const receive = async (stanza: WireNode) => {
    const message = await receiveMessage(context, stanza, { sendsReceipts });
    if (message && autoReply) await autoReplyTo(context, message, autoReply);
  };
  const find = (id: string): PhoneMessage => {
    const message = context.book.find(id);
    if (!message) throw new PhoneError('MESSAGE_NOT_FOUND', 'The phone has no message with this id');
    return message;
  };
  const markRead = (messages: readonly PhoneMessage[]) =>
    sendReadReceipts(context, messages.filter(isUnread));

  return {
    phoneNumber: context.phoneNumber,
    scanQr: (qrText) => scanQr(context, qrText),
    enterPairingCode: (code) => enterPairingCode(context, code),
    sendText: (to, text, options) => sendText(context, to, text, options),
    sendAgain: (messageId, how) => sendAgain(context, messageId, how),
    async reply(messageId, text) {
      const message = find(messageId);
      return sendText(context, message.chat, text, { addressing: addressingOf(message) });
    },
    quote: async (messageId, text) => answerTo(context, find(messageId), text),
    edit: async (messageId, text) => editMessage(context, find(messageId), text),
    revoke: async (messageId) => revokeMessage(context, find(messageId)),
    react: async (messageId, emoji) => reactTo(context, find(messageId), emoji),
    sendMedia: (to, media) => sendMedia(context, to, media),
    openMedia: (messageId) => openMedia(context, messageId),
    sendPoll: (to, poll) => sendPoll(context, to, poll),
    vote: async (messageId, options) => vote(context, find(messageId), options),
    sendLocation: (to, place) => sendLocation(context, to, place),
    sendContact: (to, contact) => sendContact(context, to, contact),
    setPresence: (presence) => setPresence(context, presence),
    setTyping: (to, state) => setTyping(context, to, state),
    setPicture: (image) => setPicture(context, image),
    groups: createPhoneGroups(context),
    async setGroupAdds(who) {
      const setting = node('category', { name: 'groupadd', value: who });
      const attrs = { id: newMessageId(context), xmlns: 'privacy', type: 'set', to: '@s.whatsapp.net' };
      const iq = node('iq', attrs, [node('privacy', {}, [setting])]);
      await context.core.submit(context.phoneNumber, iq);
    },
    markRead: (ids) => markRead(ids.map(find)),
    async markReadFrom(from) {
      const unread = context.book.list().filter((message) => message.peer === from && isUnread(message));
      await markRead(unread);
      return unread.length;
    },
    messages: () => context.book.list(),
    onMessage: (listener) => context.book.onChange(listener),
    async removeDevice(device) {
      if (!ownAccount(context).devices.some((linked) => linked.device === device)) {
        throw new PhoneError('DEVICE_NOT_FOUND', 'The phone has no linked device with this number');
      }
      await context.core.removeDevice(context.phoneNumber, device);
    },
    setAutoReply(reply) {
      autoReply = reply;
    },
    autoReply: () => autoReply,
    setDeliveryReceipts(mode) {
      deliveryReceipts = mode;
    },
    port: {
      phoneNumber: context.phoneNumber,
      keyBundle: () => context.endpoint.mintBundle(),
      companionOnline: (device) => sendFirstSync(context, device),
      async deliver(stanza) {
        if (stanza.tag === 'message') await receive(stanza);
        else if (stanza.tag === 'receipt') await handleReceipt(context, stanza);
      },
    },
  };
}

function isUnread({ direction, status }: PhoneMessage): boolean {
  return direction === 'received' && status === 'received';
}
