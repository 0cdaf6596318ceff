import type { ChatPage } from '../../api/history-types.ts';
import { LinkButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { deviceById } from '../../lib/device-store.ts';
import { href } from '../../lib/place.ts';
import { t } from './texts.ts';

interface NotKeptProps {
  deviceId: string;
  keeps: ChatPage['keeps'];
}

/** In place of chats: why there are none, and where that is changed. */
export function NotKept({ deviceId, keeps }: NotKeptProps) {
  const isLinked = (deviceById(deviceId)?.phoneNumber ?? null) !== null;
  const action = <LinkButton href={href(devicePage(deviceId))}>{t('toDevice')}</LinkButton>;
  if (!isLinked) {
    return (
      <EmptyState icon="phone" title={t('notLinked')} action={action}>
        {t('notLinkedText')}
      </EmptyState>
    );
  }
  const toDecision = (
    <LinkButton href={href(devicePage(deviceId), { tab: 'records' })}>{t('toDevice')}</LinkButton>
  );
  return (
    <EmptyState icon="alert" title={t('notKeptTitle')} action={toDecision}>
      {t(keeps === 'withheld' ? 'withheld' : 'notKept')}
    </EmptyState>
  );
}

/** Above chats from before. */
export function NotKeptNote({ deviceId }: { deviceId: string }) {
  return (
    <p class="chats-note small">
      {t('notKeptSince')} <a href={href(devicePage(deviceId), { tab: 'records' })}>{t('toDevice')}</a>
    </p>
  );
}

function devicePage(deviceId: string): string {
  return `/devices/${encodeURIComponent(deviceId)}`;
}
