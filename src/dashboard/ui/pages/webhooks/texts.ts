import { areaTexts } from '../../lib/i18n.ts';
import { webhooks as en } from '../../texts/en/webhooks.ts';
import { webhooks as id } from '../../texts/id/webhooks.ts';

export const t = areaTexts({ en, id });
