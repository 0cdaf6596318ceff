import type { Device } from '../../api/device-types.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { DeviceReasons } from '../../components/device-state.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Icon } from '../../components/icon.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { formatNumber } from '../../lib/format.ts';
import { href } from '../../lib/place.ts';
import { may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { connect } from './pairing-actions.ts';
import { stageOf } from './pairing-stage.ts';
import { t } from './texts.ts';

const numberOf = ({ phoneNumber }: Device) => (phoneNumber === null ? '…' : `+${phoneNumber}`);

/** A phone is linked; the device connects for the first time, or again. */
export function LinkedPanel({ device }: { device: Device }) {
  return (
    <Card title={t('step.linked')}>
      <p>{t('connectingText', { phone: numberOf(device) })}</p>
      {/* WhatsApp asks for a new connection after each linking; that is no trouble. */}
      {device.status === 'reconnecting' && <DeviceReasons device={device} />}
      <progress class="progress" aria-label={t('step.sync')} />
    </Card>
  );
}

/** A phone is linked and the device is not connected. */
export function RestingPanel({ device }: { device: Device }) {
  const start = useAction(connect);
  return (
    <Card title={t('linkedTitle')}>
      <DeviceReasons device={device} />
      <p>{t('linkedText', { phone: numberOf(device) })}</p>
      <FormError error={start.error} />
      <div class="row">
        <Button kind="primary" busy={start.busy} onClick={() => void start.run(device.deviceId)}>
          {t('connect')}
        </Button>
      </div>
    </Card>
  );
}

export function ConnectedPanel({ device }: { device: Device }) {
  const { deviceId, deviceName, syncProgress } = device;
  return (
    <section class="card pair-card">
      <h2 class="pair-success">
        <Icon name="check" />
        {t('connectedTitle', { name: deviceName ?? deviceId })}
      </h2>
      <p>{t('connectedText', { phone: numberOf(device) })}</p>
      {stageOf(device) === 'syncing' && (
        <>
          <ProgressBar label={t('step.sync')} value={syncProgress} />
          <p class="muted">{t('syncText', { percent: formatNumber(Math.round(syncProgress)) })}</p>
        </>
      )}
      <DeviceReasons device={device} />
      <div class="row">
        <LinkButton kind="primary" href={href(`/devices/${deviceId}`)}>
          {t('openDevice')}
        </LinkButton>
        {may('message:send') && (
          <LinkButton href={href('/send', { device: deviceId })}>{t('send')}</LinkButton>
        )}
      </div>
    </section>
  );
}
