import { areaTexts } from '../../lib/i18n.ts';
import { system as en } from '../../texts/en/system.ts';
import { system as id } from '../../texts/id/system.ts';

export const t = areaTexts({ en, id });
