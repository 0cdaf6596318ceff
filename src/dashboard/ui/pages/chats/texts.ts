import { areaTexts } from '../../lib/i18n.ts';
import { chats as en } from '../../texts/en/chats.ts';
import { chats as id } from '../../texts/id/chats.ts';

export const t = areaTexts({ en, id });
