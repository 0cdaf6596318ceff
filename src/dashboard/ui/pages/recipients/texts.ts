import { areaTexts } from '../../lib/i18n.ts';
import { recipients as en } from '../../texts/en/recipients.ts';
import { recipients as id } from '../../texts/id/recipients.ts';

export const t = areaTexts({ en, id });
