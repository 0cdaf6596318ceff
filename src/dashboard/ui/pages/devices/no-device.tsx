import { LinkButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { href } from '../../lib/place.ts';
import { t } from './texts.ts';

/** In place of a device that is not there, or not for this person. */
export function NoDevice({ id }: { id: string }) {
  return (
    <EmptyState
      icon="phone"
      title={t('missing', { id })}
      action={<LinkButton href={href('/devices')}>{t('toDevices')}</LinkButton>}
    >
      {t('missingText')}
    </EmptyState>
  );
}
