import type { ComponentChildren } from 'preact';
import type { DeviceDetails, SendingHealth } from '../../api/device-detail-types.ts';
import { Badge } from '../../components/badge.tsx';
import { LinkButton } from '../../components/button.tsx';
import { Card, Facts } from '../../components/card.tsx';
import { DeviceReasons, DeviceStatusPill } from '../../components/device-state.tsx';
import { Icon } from '../../components/icon.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { formatDateTime, formatNumber } from '../../lib/format.ts';
import { href } from '../../lib/place.ts';
import { may } from '../../lib/session.ts';
import { t as list } from '../devices/texts.ts';
import { t } from './texts.ts';

/** How the device is and why, whether it may send, and what is known about it. */
export function OverviewTab({ device }: { device: DeviceDetails }) {
  return (
    <>
      <div class="columns">
        <StateCard device={device} />
        <Card title={t('sendingTitle')}>
          <Troubles health={device.health} />
        </Card>
      </div>
      <FactsCard device={device} />
    </>
  );
}

function StateCard({ device }: { device: DeviceDetails }) {
  const { deviceId, status, isConnected, syncProgress, connectionAttempts, lastActivity } = device;
  const isSyncing = isConnected && syncProgress < 100;
  return (
    <Card title={t('stateTitle')}>
      <p>
        <DeviceStatusPill status={status} />
      </p>
      <DeviceReasons device={device} />
      {isSyncing && (
        <>
          <p>{list('syncing', { percent: formatNumber(Math.round(syncProgress)) })}</p>
          <ProgressBar label={t('sync')} value={syncProgress} />
        </>
      )}
      <Facts
        items={[
          [list('lastActivity'), <TimeAgo key="at" at={lastActivity} />],
          ...(connectionAttempts > 0 ? [[t('attempt'), formatNumber(connectionAttempts)] as const] : []),
        ]}
      />
      <div class="row">
        {may('message:send') && isConnected && (
          <LinkButton href={href('/send', { device: deviceId })}>{t('send')}</LinkButton>
        )}
        {may('message:read') && (
          <LinkButton href={href('/chats', { device: deviceId })}>{t('chats')}</LinkButton>
        )}
      </div>
    </Card>
  );
}

/** What holds messages back, or would if it were enforced. */
function Troubles({ health }: { health: SendingHealth }) {
  const lines = troublesOf(health);
  if (lines.length === 0) return <p>{t('sendingFine')}</p>;
  return (
    <ul class="stack-s">
      {lines.map((line) => (
        <li key={line} class="device-warning">
          <Icon name="alert" />
          <span>{line}</span>
        </li>
      ))}
    </ul>
  );
}

function troublesOf(health: SendingHealth): string[] {
  const { rateLimitedUntil, reachoutLockedUntil, coldPausedUntil, messageCap, breaker, warnings } = health;
  const until = (key: 'rateLimited' | 'reachoutLocked' | 'coldPaused', at: string | null) =>
    at === null ? [] : [t(key, { time: formatDateTime(at) })];
  return [
    ...until('rateLimited', rateLimitedUntil),
    ...until('reachoutLocked', reachoutLockedUntil),
    ...until('coldPaused', coldPausedUntil),
    ...(messageCap === 'none' ? [] : [t(`cap.${messageCap}`)]),
    ...(breaker === 'closed' ? [] : [t(`breaker.${breaker}`)]),
    ...warnings.map(({ code, message }) => t.maybe(`health.${code}`, message)),
  ];
}

function FactsCard({ device }: { device: DeviceDetails }) {
  const { phoneNumber, authMethod, tags, jid, lid } = device;
  const items: (readonly [string, ComponentChildren])[] = [
    [t('id'), <code key="id">{device.deviceId}</code>],
    [t('phone'), phoneNumber === null ? list('noPhone') : `+${phoneNumber}`],
    [t('pushName'), device.pushName ?? t('unknown')],
    [t('session'), t(device.hasSession ? 'sessionYes' : 'sessionNo')],
    [t('linkedBy'), authMethod === null ? '–' : t.maybe(`linkedBy.${authMethod}`, authMethod)],
    [t('proxy'), t(device.hasProxy ? 'proxyYes' : 'proxyNo')],
    [t('tags'), tags.length === 0 ? t('none') : <TagList key="tags" tags={tags} />],
    [t('created'), formatDateTime(device.createdAt)],
    [t('recordNumber'), formatNumber(device.recordNumber)],
    [t('jid'), jid === null ? '–' : <code key="jid">{jid}</code>],
    [t('lid'), lid === null ? '–' : <code key="lid">{lid}</code>],
  ];
  return (
    <Card title={t('factsTitle')}>
      <Facts items={items} />
    </Card>
  );
}

function TagList({ tags }: { tags: readonly string[] }) {
  return (
    <span class="row">
      {tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
    </span>
  );
}
