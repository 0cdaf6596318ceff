import { areaTexts } from '../../lib/i18n.ts';
import { alerts as en } from '../../texts/en/alerts.ts';
import { alerts as id } from '../../texts/id/alerts.ts';

export const t = areaTexts({ en, id });
