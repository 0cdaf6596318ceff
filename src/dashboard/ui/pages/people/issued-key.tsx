import type { IssuedToken } from '../../api/people-types.ts';
import { CopyField } from '../../components/copy-field.tsx';
import { ShownOnce } from '../../components/shown-once.tsx';
import { devices } from '../../lib/device-store.ts';
import { t } from './texts.ts';
import { tryLine } from './try-line.ts';

export function IssuedKey({ issued, onClose }: { issued: IssuedToken; onClose(): void }) {
  const line = tryLine(issued, { origin: location.origin, deviceId: devices.value[0]?.deviceId });
  return (
    <ShownOnce title={t('issuedTitle')} text={t('issuedText')} onClose={onClose}>
      <CopyField label={t('key')} value={issued.token} />
      <CopyField label={t('tryIt')} value={line} />
    </ShownOnce>
  );
}
