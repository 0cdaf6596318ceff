import { areaTexts } from '../../lib/i18n.ts';
import { device as en } from '../../texts/en/device.ts';
import { device as id } from '../../texts/id/device.ts';

export const t = areaTexts({ en, id });
