import { areaTexts } from '../../lib/i18n.ts';
import { reports as en } from '../../texts/en/reports.ts';
import { reports as id } from '../../texts/id/reports.ts';

export const t = areaTexts({ en, id });
