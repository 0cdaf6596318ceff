import { areaTexts } from '../../lib/i18n.ts';
import { jobs as en } from '../../texts/en/jobs.ts';
import { jobs as id } from '../../texts/id/jobs.ts';

export const t = areaTexts({ en, id });
