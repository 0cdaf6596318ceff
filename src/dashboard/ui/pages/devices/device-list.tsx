import type { Device } from '../../api/device-types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { SelectRow } from '../../components/data-table.tsx';
import { DeviceReasons, DeviceStatusPill } from '../../components/device-state.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { href } from '../../lib/place.ts';
import { may } from '../../lib/session.ts';
import { connectDevices } from './device-actions.ts';
import { t } from './texts.ts';

interface DeviceListProps {
  devices: readonly Device[];
  selected: ReadonlySet<string>;
  onSelected(next: ReadonlySet<string>): void;
}

const idOf = ({ deviceId }: Device) => deviceId;
export const nameOf = ({ deviceName, deviceId }: Device) => deviceName ?? deviceId;

/** One card a device; on wide screens its parts stand in columns. */
export function DeviceList({ devices, selected, onSelected }: DeviceListProps) {
  const selection = { selected, onSelected, nameOf };
  return (
    <VirtualList
      label={t('list')}
      items={devices}
      keyOf={idOf}
      estimate={84}
      row={(device) => (
        <article class="device-row" aria-label={nameOf(device)}>
          {(may('device:link') || may('device:manage')) && (
            <div class="device-check">
              <SelectRow row={device} keyOf={idOf} selection={selection} />
            </div>
          )}
          <DeviceNames device={device} />
          <div class="device-state">
            <DeviceStatusPill status={device.status} />
            <p class="muted small">
              {t('lastActivity')}: <TimeAgo at={device.lastActivity} />
            </p>
          </div>
          <div class="device-why">
            <DeviceReasons device={device} />
            <SyncProgress device={device} />
          </div>
          <DeviceButtons device={device} />
        </article>
      )}
    />
  );
}

function DeviceNames({ device }: { device: Device }) {
  const { deviceId, deviceName, phoneNumber, pushName, tags } = device;
  return (
    <div class="device-names">
      <a class="device-name break" href={href(`/devices/${deviceId}`)}>
        {nameOf(device)}
      </a>
      <p class="muted small break">
        {[
          deviceName === null ? null : deviceId,
          phoneNumber === null ? t('noPhone') : `+${phoneNumber}`,
          pushName,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {tags.length > 0 && (
        <p class="row">
          {tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </p>
      )}
    </div>
  );
}

function SyncProgress({ device: { isConnected, syncProgress } }: { device: Device }) {
  if (!isConnected || syncProgress >= 100) return null;
  return <p class="muted small">{t('syncing', { percent: Math.round(syncProgress) })}</p>;
}

/** What is most likely wanted next, and the way to everything else. */
function DeviceButtons({ device }: { device: Device }) {
  const { deviceId, hasSession, status } = device;
  const isRunning = status === 'connected' || status === 'connecting' || status === 'reconnecting';
  const name = nameOf(device);
  return (
    <div class="device-buttons">
      {may('device:link') && !isRunning && hasSession && (
        <Button aria-label={`${t('connect')}: ${name}`} onClick={() => void connectDevices([device])}>
          {t('connect')}
        </Button>
      )}
      {may('device:link') && !isRunning && !hasSession && (
        <LinkButton kind="primary" href={href(`/devices/${deviceId}/pair`)} label={`${t('pair')}: ${name}`}>
          {t('pair')}
        </LinkButton>
      )}
      <LinkButton href={href(`/devices/${deviceId}`)} label={`${t('open')}: ${name}`}>
        {t('open')}
      </LinkButton>
    </div>
  );
}
