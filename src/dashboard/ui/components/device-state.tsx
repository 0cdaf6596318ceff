import type { Device, DeviceCause, DeviceStatus } from '../api/device-types.ts';
import { t } from '../pages/devices/texts.ts';
import { causeText } from '../texts/causes.ts';
import { StatusPill, type Tone } from './badge.tsx';
import { Icon } from './icon.tsx';
import { TimeAgo } from './time-ago.tsx';
import './device-state.css';

const TONES: Record<DeviceStatus, Tone> = {
  created: 'neutral',
  connecting: 'info',
  pairing: 'info',
  connected: 'ok',
  reconnecting: 'warn',
  disconnected: 'neutral',
  logged_out: 'danger',
  cancelled: 'neutral',
  error: 'danger',
};

export function DeviceStatusPill({ status }: { status: DeviceStatus }) {
  return <StatusPill tone={TONES[status] ?? 'neutral'}>{t.maybe(`status.${status}`, status)}</StatusPill>;
}

/** Why the device is as it is, when it tries again, what a person should do; and what is wrong although it works. */
export function DeviceReasons({ device: { cause, warnings, status } }: { device: Device }) {
  return (
    <>
      {cause !== null && status !== 'connected' && <CauseText cause={cause} />}
      {warnings.map((warning) => (
        <p key={warning.code} class="device-warning">
          <Icon name="alert" />
          <span>
            {causeText.maybe(`${warning.code}.reason`, warning.reason)}
            {warning.action !== null && `. ${causeText.maybe(`${warning.code}.action`, warning.action)}`}
          </span>
        </p>
      ))}
    </>
  );
}

export function CauseText({ cause: { code, reason, action, retryAt } }: { cause: DeviceCause }) {
  return (
    <div class="device-cause">
      <p>{causeText.maybe(`${code}.reason`, reason)}</p>
      {retryAt !== null && (
        <p class="muted">
          {t('nextTry')}: <TimeAgo at={retryAt} />
        </p>
      )}
      {action !== null && (
        <p>
          <strong>{t('whatToDo')}:</strong> {causeText.maybe(`${code}.action`, action)}
        </p>
      )}
    </div>
  );
}
