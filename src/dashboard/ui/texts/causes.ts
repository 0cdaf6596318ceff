import { areaTexts } from '../lib/i18n.ts';
import { causes as en } from './en/causes.ts';
import { causes as id } from './id/causes.ts';

/** Causes and warnings of devices in the person's language. */
export const causeText = areaTexts({ en, id });
