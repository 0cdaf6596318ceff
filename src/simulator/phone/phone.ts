import type { Unsubscribe } from '../../shared/event-bus.ts';
import type { PhonePort } from '../core.ts';
import type { WireNode } from '../node.ts';
import { type AutoReply, autoReplyTo } from './auto-reply.ts';
import { sendFirstSync } from './first-sync.ts';
import { enterPairingCode, scanQr } from './linking.ts';
import type { PhoneMessage } from './message-book.ts';
import { ownAccount, type PhoneContext } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { handleReceipt, sendReadReceipts } from './receipts.ts';
import { receiveMessage } from './receiving.ts';
import { type SendOptions, sendText } from './sending.ts';

/** A simulated phone in the hand of its owner. What fails for the owner's own reasons throws a PhoneError. */
export interface Phone {
  readonly phoneNumber: string;
  /** Links the companion showing this QR code; resolves with its device number. */
  scanQr(qrText: string): Promise<number>;
  /** Types a companion's pairing code; resolves with its device number. */
  enterPairingCode(code: string): Promise<number>;
  /** Sends to a phone number, or any address of an account; resolves when the server took it. */
  sendText(to: string, text: string, options?: SendOptions): Promise<PhoneMessage>;
  /** Answers in the chat of a message, addressed as that chat is. */
  reply(messageId: string, text: string): Promise<PhoneMessage>;
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
    reply(messageId, text) {
      const { chat } = find(messageId);
      return sendText(context, chat, text, { addressing: chat.endsWith('@lid') ? 'lid' : 'pn' });
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
