import { areaTexts } from '../../lib/i18n.ts';
import { pair as en } from '../../texts/en/pair.ts';
import { pair as id } from '../../texts/id/pair.ts';

export const t = areaTexts({ en, id });
