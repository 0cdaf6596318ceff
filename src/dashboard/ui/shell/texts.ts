import { areaTexts } from '../lib/i18n.ts';
import { shell as en } from '../texts/en/shell.ts';
import { shell as id } from '../texts/id/shell.ts';

export const t = areaTexts({ en, id });
