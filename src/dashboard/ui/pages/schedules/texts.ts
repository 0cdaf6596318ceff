import { areaTexts } from '../../lib/i18n.ts';
import { schedules as en } from '../../texts/en/schedules.ts';
import { schedules as id } from '../../texts/id/schedules.ts';

export const t = areaTexts({ en, id });
