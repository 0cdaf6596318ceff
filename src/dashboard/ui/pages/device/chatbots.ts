import type { Chatbot, IssuedChatbot } from '../../api/device-detail-types.ts';
import { REPORTING } from '../../api/paths.ts';

export const CHATBOTS = `${REPORTING}/chatbots`;

/** What the parts of the chatbot's card hand up. */
export interface BotHandlers {
  phone: string;
  /** With the bot as the server has it now; null when there is none any more. */
  take(bot: Chatbot | null): void;
  issued(bot: IssuedChatbot): void;
}
