import { CopyField } from '../../components/copy-field.tsx';
import { ShownOnce } from '../../components/shown-once.tsx';
import { t } from './texts.ts';

export function SecretDialog({ secret, onClose }: { secret: string; onClose(): void }) {
  return (
    <ShownOnce title={t('secretTitle')} text={t('secretText')} onClose={onClose}>
      <CopyField label={t('secret')} value={secret} />
    </ShownOnce>
  );
}
