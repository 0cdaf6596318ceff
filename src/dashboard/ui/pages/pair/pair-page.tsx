import { useState } from 'preact/hooks';
import type { Device } from '../../api/device-types.ts';
import { LinkButton } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { deviceById, devicesError, devicesState, loadDevices } from '../../lib/device-store.ts';
import { href, place, replaceQuery } from '../../lib/place.ts';
import { NoDevice } from '../devices/no-device.tsx';
import type { PageProps } from '../page-props.ts';
import { CodePanel } from './code-panel.tsx';
import { ConnectedPanel, LinkedPanel, RestingPanel } from './outcome-panels.tsx';
import { PairingHelp, PhoneSteps } from './pairing-help.tsx';
import { stageOf } from './pairing-stage.ts';
import { PairingSteps } from './pairing-steps.tsx';
import { QrPanel } from './qr-panel.tsx';
import { t } from './texts.ts';
import './pair.css';

/** Links a phone with a device: by a QR code or by a code typed into the phone, step by step as it happens. */
export function PairPage({ params: { deviceId = '' }, query }: PageProps) {
  const device = deviceById(deviceId);
  const name = device?.deviceName ?? deviceId;
  return (
    <Page
      title={t('title', { name })}
      actions={device && <LinkButton href={href(`/devices/${deviceId}`)}>{t('back')}</LinkButton>}
    >
      {device ? (
        <Pairing device={device} way={query.way === 'code' ? 'code' : 'qr'} />
      ) : (
        <Missing id={deviceId} />
      )}
    </Page>
  );
}

/** Also while the list of devices is on its way. */
function Missing({ id }: { id: string }) {
  if (devicesState.value === 'loading') return <Skeleton lines={5} />;
  if (devicesState.value === 'error' && devicesError.value)
    return <ErrorState error={devicesError.value} onRetry={() => void loadDevices()} />;
  return <NoDevice id={id} />;
}

function Pairing({ device, way }: { device: Device; way: 'qr' | 'code' }) {
  const stage = stageOf(device);
  return (
    <div class="pair-columns">
      <div class="stack">
        {(stage === 'stopped' || stage === 'waiting') && <Ways device={device} way={way} />}
        {stage === 'linked' && <LinkedPanel device={device} />}
        {stage === 'resting' && <RestingPanel device={device} />}
        {(stage === 'syncing' || stage === 'connected') && <ConnectedPanel device={device} />}
      </div>
      <div class="stack">
        <PairingSteps device={device} stage={stage} />
        {(stage === 'stopped' || stage === 'waiting') && <PhoneSteps way={way} />}
        {stage !== 'connected' && stage !== 'syncing' && <PairingHelp device={device} way={way} />}
      </div>
    </div>
  );
}

function Ways({ device, way }: { device: Device; way: 'qr' | 'code' }) {
  // The code that was asked for stays when one looks at the other way.
  const [phone, setPhone] = useState('');
  return (
    <Tabs
      label={t('ways')}
      tabs={[
        { id: 'qr', label: t('wayQr') },
        { id: 'code', label: t('wayCode') },
      ]}
      active={way}
      onActive={(next) => replaceQuery({ ...place.peek().query, way: next === 'qr' ? '' : next })}
    >
      {way === 'qr' ? (
        <QrPanel device={device} />
      ) : (
        <CodePanel device={device} phone={phone} onPhone={setPhone} />
      )}
    </Tabs>
  );
}
