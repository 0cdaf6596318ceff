import { useEffect, useState } from 'preact/hooks';
import type { Device } from '../../api/device-types.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { DeviceReasons } from '../../components/device-state.tsx';
import { FormError } from '../../components/error-state.tsx';
import { href } from '../../lib/place.ts';
import { may, session } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { changeToQr, connect, restart } from './pairing-actions.ts';
import { stageOf, startsByItself } from './pairing-stage.ts';
import { t } from './texts.ts';
import { useCountdown } from './use-countdown.ts';
import { isShown, type QrState, useQr } from './use-qr.ts';

/** The QR code while it is valid; begins by itself where nothing speaks against it. */
export function QrPanel({ device }: { device: Device }) {
  const { deviceId } = device;
  const [attempt, setAttempt] = useState(1);
  const isWaiting = stageOf(device) === 'waiting';
  const qr = useQr(deviceId, { isPairing: device.status === 'pairing', attempt });
  const begin = useAction(async (how: (deviceId: string) => Promise<void>) => {
    await how(deviceId);
  });
  const again = async (how: (deviceId: string) => Promise<void>) => {
    setAttempt(attempt + 1);
    await begin.run(how);
  };
  useEffect(() => {
    if (startsByItself(device)) void begin.run(connect);
  }, [deviceId]);

  return (
    <section class="card pair-card">
      <FormError error={begin.error} />
      {isWaiting || begin.busy ? (
        <>
          <Picture device={device} qr={qr} />
          <div class="row pair-center">
            {qr !== 'absent' ? (
              <Button busy={begin.busy} onClick={() => void again(restart)}>
                {t('qrNew')}
              </Button>
            ) : (
              <Button busy={begin.busy} onClick={() => void again(changeToQr)}>
                {t('qrInstead')}
              </Button>
            )}
            {session.value?.sandbox && may('admin') && (
              <LinkButton href={href('/sandbox')}>{t('sandbox')}</LinkButton>
            )}
          </div>
          <p class="muted small pair-center">
            {t('qrNumber', { number: isShown(qr) ? qr.number : 1, attempt: tries(device, attempt) })}
          </p>
        </>
      ) : (
        <Stopped device={device} onStart={() => void again(connect)} />
      )}
    </section>
  );
}

/** Those a person began, and those the server began by itself after a failure. */
function tries({ connectionAttempts }: Device, begun: number): number {
  return begun + Math.max(0, connectionAttempts - 1);
}

function Picture({ device, qr }: { device: Device; qr: QrState }) {
  const left = useCountdown(isShown(qr) ? qr.endsAt : null);
  const name = device.deviceName ?? device.deviceId;
  if (!isShown(qr)) {
    return (
      <>
        <DeviceReasons device={device} />
        <div class="pair-qr pair-qr-empty">
          {qr === 'none yet' && <span class="spinner" aria-hidden="true" />}
          <p>{t(qr === 'absent' ? 'qrAway' : 'qrWaiting')}</p>
        </div>
      </>
    );
  }
  return (
    <>
      <img
        class={`pair-qr ${left > 0 ? '' : 'pair-qr-old'}`}
        src={qr.image}
        alt={t('qrAlt', { name })}
        width="400"
        height="400"
      />
      <p class="pair-center" role="timer">
        {left > 0 ? t.count('qrEnds', left) : t('qrEnded')}
      </p>
    </>
  );
}

function Stopped({ device, onStart }: { device: Device; onStart(): void }) {
  return (
    <div class="stack">
      <h2>{t('stoppedTitle')}</h2>
      <DeviceReasons device={device} />
      <p>{t('stoppedText')}</p>
      <div class="row">
        <Button kind="primary" onClick={onStart}>
          {device.cause === null ? t('start') : t('again')}
        </Button>
      </div>
    </div>
  );
}
