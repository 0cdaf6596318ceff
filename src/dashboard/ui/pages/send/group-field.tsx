import { devicePath } from '../../api/paths.ts';
import type { Group } from '../../api/sending-types.ts';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { deviceById } from '../../lib/device-store.ts';
import { formatNumber } from '../../lib/format.ts';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

interface GroupFieldProps {
  deviceId: string;
  to: string;
  onTo(groupId: string): void;
  problem?: string | undefined;
}

/** A group the device is in; its id by hand where the groups cannot be asked for. */
export function GroupField({ deviceId, to, onTo, problem }: GroupFieldProps) {
  const isConnected = deviceById(deviceId)?.isConnected === true;
  const groups = useResource(
    async (signal) =>
      isConnected
        ? (await api.get<{ items: readonly Group[] }>(devicePath(deviceId, '/groups'), { signal })).items
        : null,
    [deviceId, isConnected],
  );
  if (groups.data === null) {
    if (isConnected && groups.state === 'loading') return <p class="muted">{c('loading')}</p>;
    return (
      <TextField
        label={t('groupId')}
        hint={t('groupIdHint')}
        required
        minLength={5}
        maxLength={80}
        value={to}
        onValue={onTo}
        error={problem ?? groups.error?.message}
      />
    );
  }
  const options = groups.data.map(({ groupId, subject, participantCount }) => ({
    value: groupId,
    label: `${subject} (${formatNumber(participantCount)})`,
  }));
  const first = { value: '', label: t(options.length === 0 ? 'noGroups' : 'chooseGroup') };
  return (
    <Select
      label={t('group')}
      required
      options={[first, ...options]}
      value={options.some(({ value }) => value === to) ? to : ''}
      onValue={onTo}
      error={problem}
    />
  );
}
