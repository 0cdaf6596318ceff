import type { DeviceDetails } from '../../api/device-detail-types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { AllowedNumberCard } from './allowed-number-card.tsx';
import { ChatbotCard } from './chatbot-card.tsx';
import { t } from './texts.ts';

/** What is kept of what this number says and hears, and who answers for it. */
export function RecordsTab({ device: { deviceId, phoneNumber } }: { device: DeviceDetails }) {
  if (phoneNumber === null) return <EmptyState icon="phone" title={t('allowedNoPhone')} />;
  return (
    <>
      <AllowedNumberCard deviceId={deviceId} phone={phoneNumber} />
      <ChatbotCard deviceId={deviceId} phone={phoneNumber} />
    </>
  );
}
