import { areaTexts } from '../../lib/i18n.ts';
import { devices as en } from '../../texts/en/devices.ts';
import { devices as id } from '../../texts/id/devices.ts';

export const t = areaTexts({ en, id });
