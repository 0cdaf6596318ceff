import { areaTexts } from '../../lib/i18n.ts';
import { send as en } from '../../texts/en/send.ts';
import { send as id } from '../../texts/id/send.ts';

export const t = areaTexts({ en, id });
