import { areaTexts } from '../../lib/i18n.ts';
import { sandbox as en } from '../../texts/en/sandbox.ts';
import { sandbox as id } from '../../texts/id/sandbox.ts';

export const t = areaTexts({ en, id });
