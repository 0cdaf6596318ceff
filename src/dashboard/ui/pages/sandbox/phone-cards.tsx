import type { SandboxPhone } from '../../api/sandbox-types.ts';
import { StatusPill } from '../../components/badge.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatPhone } from '../send/format-phone.ts';
import { t } from './texts.ts';

interface PhoneCardsProps {
  phones: readonly SandboxPhone[];
  chosen: string;
  onChosen(phoneNumber: string): void;
}

/** Every phone; a press takes it in the hand. */
export function PhoneCards({ phones, chosen, onChosen }: PhoneCardsProps) {
  return (
    <ul class="sandbox-phones" aria-label={t('phones')}>
      {phones.map((phone) => (
        <li key={phone.phoneNumber}>
          <button
            type="button"
            class="sandbox-phone"
            aria-pressed={phone.phoneNumber === chosen}
            onClick={() => onChosen(phone.phoneNumber)}
          >
            <Icon name="phone" />
            <span class="sandbox-phone-text">
              <strong class="break">{phone.pushName}</strong>
              <span class="mono small">{formatPhone(phone.phoneNumber)}</span>
              <Linked phone={phone} />
              <span class="muted small">{t.count('messages', phone.messages)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Linked({ phone: { deviceId, devices } }: { phone: SandboxPhone }) {
  if (devices.length === 0) return <span class="muted small">{t('notLinked')}</span>;
  const isOnline = devices.some(({ online }) => online);
  return (
    <StatusPill tone={isOnline ? 'ok' : 'warn'}>
      <span class="break">
        {deviceId === null ? t('linkedElsewhere') : t('linkedWith', { device: deviceId })}
        {!isOnline && ` (${t('offline')})`}
      </span>
    </StatusPill>
  );
}
