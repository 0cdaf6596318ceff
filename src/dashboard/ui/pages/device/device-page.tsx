import { useEffect } from 'preact/hooks';
import type { DeviceDetails } from '../../api/device-detail-types.ts';
import type { Device } from '../../api/device-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { browserClock } from '../../lib/clock.ts';
import { deviceById, putDevice } from '../../lib/device-store.ts';
import { useLive } from '../../lib/live.ts';
import { place, replaceQuery } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { NoDevice } from '../devices/no-device.tsx';
import type { PageProps } from '../page-props.ts';
import { DeviceButtons } from './device-buttons.tsx';
import { GroupsTab } from './groups-tab.tsx';
import { LogTab } from './log-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PacingTab } from './pacing-tab.tsx';
import { RecordsTab } from './records-tab.tsx';
import { SessionTab } from './session-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { t } from './texts.ts';
import './device.css';

/** Restrictions come and go without an event. In ms. */
const LOOK_EVERY_MS = 30_000;

/** One device: how it is and why, everything that can be set, and what happened to it. */
export function DevicePage({ params: { deviceId = '' }, query }: PageProps) {
  const live = deviceById(deviceId);
  const found = useResource(
    (signal) => api.get<DeviceDetails>(devicePath(deviceId), { signal }),
    [deviceId, live?.status],
  );
  const { reload } = found;
  useEffect(() => browserClock.every(LOOK_EVERY_MS, reload), [reload]);
  useLive({ types: [] }, reload);
  const shown = found.data && withLive(found.data, live);
  const take = (device: DeviceDetails) => {
    found.update(() => device);
    putDevice(device);
  };
  return (
    <Page
      title={shown?.deviceName ?? deviceId}
      actions={shown && may('device:link') && <DeviceButtons device={shown} />}
    >
      {found.error?.code === 'DEVICE_NOT_FOUND' ? (
        <NoDevice id={deviceId} />
      ) : (
        <ResourceView of={found}>
          {() => shown && <Parts device={shown} active={query.tab ?? ''} onChanged={take} />}
        </ResourceView>
      )}
    </Page>
  );
}

/** What is live is the newest; the rest is what was read. */
function withLive(read: DeviceDetails, live: Device | undefined): DeviceDetails {
  return { ...read, ...live, jid: read.jid, lid: read.lid, settings: read.settings, health: read.health };
}

interface PartsProps {
  device: DeviceDetails;
  active: string;
  onChanged(device: DeviceDetails): void;
}

function Parts({ device, active, onChanged }: PartsProps) {
  const ids = [
    'overview',
    'settings',
    'pacing',
    ...(may('report:read') ? (['records'] as const) : []),
    ...(may('message:read') ? (['groups'] as const) : []),
    'log',
    ...(may('device:manage') || may('device:link') ? (['session'] as const) : []),
  ] as const;
  const shown = ids.find((id) => id === active) ?? 'overview';
  return (
    <Tabs
      label={t('parts')}
      tabs={ids.map((id) => ({ id, label: t(`tab.${id}`) }))}
      active={shown}
      onActive={(tab) => replaceQuery({ ...place.peek().query, tab: tab === 'overview' ? '' : tab })}
    >
      {shown === 'overview' && <OverviewTab device={device} />}
      {shown === 'settings' && <SettingsTab device={device} onChanged={onChanged} />}
      {shown === 'pacing' && <PacingTab device={device} onChanged={onChanged} />}
      {shown === 'records' && <RecordsTab device={device} />}
      {shown === 'groups' && <GroupsTab device={device} />}
      {shown === 'log' && <LogTab device={device} />}
      {shown === 'session' && <SessionTab device={device} />}
    </Tabs>
  );
}
