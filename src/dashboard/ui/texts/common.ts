import { areaTexts } from '../lib/i18n.ts';
import { common as en } from './en/common.ts';
import { common as id } from './id/common.ts';

/** The words of the components. */
export const c = areaTexts({ en, id });
