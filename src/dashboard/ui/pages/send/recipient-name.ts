import { groupName } from '../../lib/group-names.ts';
import { formatPhone } from './format-phone.ts';
import { t } from './texts.ts';

/** Whom something goes to: a number as people write it, or the name of a group. */
export function recipientName(deviceId: string, to: string): string {
  if (!to.endsWith('@g.us')) return formatPhone(to);
  return groupName(deviceId, to) ?? t('groupNumber', { number: to.replace(/@.*$/, '').slice(-6) });
}
