import { useState } from 'preact/hooks';
import type { DeviceDetails, Group } from '../../api/device-detail-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Badge } from '../../components/badge.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { TextField } from '../../components/field.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { t } from './texts.ts';

/** Members drawn of an open group; the rest is counted. */
const MOST_MEMBERS = 200;

/** The groups of the account, with who is in them. */
export function GroupsTab({ device: { deviceId, isConnected } }: { device: DeviceDetails }) {
  if (!isConnected) return <EmptyState icon="user" title={t('groupsOffline')} />;
  return <Groups deviceId={deviceId} />;
}

function Groups({ deviceId }: { deviceId: string }) {
  const [text, setText] = useState('');
  const groups = useResource(
    (signal) => api.get<{ items: readonly Group[] }>(devicePath(deviceId, '/groups'), { signal }),
    [deviceId],
  );
  return (
    <ResourceView of={groups}>
      {({ items }) => {
        if (items.length === 0) return <EmptyState icon="user" title={t('groupsNone')} />;
        const wanted = text.trim().toLowerCase();
        const shown = items.filter(({ subject }) => subject.toLowerCase().includes(wanted));
        return (
          <>
            <TextField
              label={t('groupsSearch')}
              type="search"
              maxLength={100}
              value={text}
              onValue={setText}
            />
            <p class="muted" aria-live="polite">
              {t.count('groupsTotal', shown.length)}
            </p>
            <VirtualList
              label={t('tab.groups')}
              items={shown}
              keyOf={({ groupId }) => groupId}
              estimate={72}
              row={(group) => <GroupRow group={group} />}
            />
          </>
        );
      }}
    </ResourceView>
  );
}

function GroupRow({ group }: { group: Group }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details class="device-group" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <strong>{group.subject}</strong>{' '}
        <span class="muted">{t.count('members', group.participantCount)}</span>{' '}
        {group.isAdmin && <Badge tone="info">{t('groupAdmin')}</Badge>}{' '}
        {group.announceOnly && <Badge>{t('groupAnnounce')}</Badge>}{' '}
        {group.locked && <Badge>{t('groupLocked')}</Badge>}
      </summary>
      {isOpen && <GroupInside group={group} />}
    </details>
  );
}

function GroupInside({ group: { groupId, description, participants } }: { group: Group }) {
  const hidden = participants.length - MOST_MEMBERS;
  return (
    <div class="stack-s">
      {description !== null && <p class="break">{description}</p>}
      <p class="muted small break mono">{groupId}</p>
      <ul class="device-members">
        {participants.slice(0, MOST_MEMBERS).map(({ jid, phoneNumber, role }) => (
          <li key={jid} class="break">
            {phoneNumber === null ? jid : `+${phoneNumber}`}{' '}
            {role !== 'member' && <Badge>{t(role === 'admin' ? 'groupAdmin' : 'groupSuper')}</Badge>}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="muted">{t.count('moreMembers', hidden)}</p>}
    </div>
  );
}
