import { node } from '../server/stanza.ts';
import { newMessageId, type PhoneContext } from './phone-context.ts';
import { chatOf } from './sending.ts';

/** What the owner of a phone is doing in a chat. */
export type Typing = 'composing' | 'recording' | 'paused';

/** Says whether the owner looks at WhatsApp now. */
export async function setPresence(context: PhoneContext, type: 'available' | 'unavailable'): Promise<void> {
  await context.core.submit(context.phoneNumber, node('presence', { type }));
}

/** Says to a chat that its owner writes, records a voice message, or has stopped. */
export async function setTyping(context: PhoneContext, to: string, state: Typing): Promise<void> {
  const { chat } = chatOf(context, to);
  const what = state === 'recording' ? node('composing', { media: 'audio' }) : node(state);
  await context.core.submit(context.phoneNumber, node('chatstate', { to: chat }, [what]));
}

/** Shows a picture (JPEG) beside the owner's name; null takes it down. */
export async function setPicture(context: PhoneContext, image: Uint8Array | null): Promise<void> {
  const attrs = { id: newMessageId(context), xmlns: 'w:profile:picture', type: 'set', to: '@s.whatsapp.net' };
  const content = image ? [node('picture', { type: 'image' }, image)] : [];
  await context.core.submit(context.phoneNumber, node('iq', attrs, content));
}
