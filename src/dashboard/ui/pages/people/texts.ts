import { areaTexts } from '../../lib/i18n.ts';
import { people as en } from '../../texts/en/people.ts';
import { people as id } from '../../texts/id/people.ts';

export const t = areaTexts({ en, id });
