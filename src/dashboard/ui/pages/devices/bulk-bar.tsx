import { useSignal } from '@preact/signals';
import type { Device } from '../../api/device-types.ts';
import { Button } from '../../components/button.tsx';
import { SelectAll } from '../../components/data-table.tsx';
import { devices } from '../../lib/device-store.ts';
import { formatNumber } from '../../lib/format.ts';
import { may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { connectDevices, deleteDevices, disconnectDevices, restartDevices } from './device-actions.ts';
import { nameOf } from './device-list.tsx';
import { t } from './texts.ts';

interface BulkBarProps {
  shown: readonly Device[];
  chosen: readonly Device[];
  onSelected(next: ReadonlySet<string>): void;
}

/** How many are shown and chosen, and what can be done with those that are chosen. */
export function BulkBar({ shown, chosen, onSelected }: BulkBarProps) {
  const selected = new Set(chosen.map(({ deviceId }) => deviceId));
  const canAct = may('device:link') || may('device:manage');
  return (
    <div class="devices-bulk">
      {canAct && (
        <SelectAll
          rows={shown}
          keyOf={({ deviceId }) => deviceId}
          selection={{ selected, onSelected, nameOf }}
        />
      )}
      <p class="muted" aria-live="polite">
        {chosen.length > 0
          ? t.count('selected', chosen.length)
          : t('shown', { shown: formatNumber(shown.length), total: formatNumber(devices.value.length) })}
      </p>
      {chosen.length > 0 && <BulkButtons chosen={chosen} onDone={() => onSelected(new Set())} />}
    </div>
  );
}

function BulkButtons({ chosen, onDone }: { chosen: readonly Device[]; onDone(): void }) {
  const asking = useSignal<'disconnect' | 'delete' | null>(null);
  const connect = useAction(connectDevices);
  const restart = useAction(restartDevices);
  const close = () => {
    asking.value = null;
  };
  const ask = (what: 'disconnect' | 'delete') => () => {
    asking.value = what;
  };
  return (
    <div class="row">
      {may('device:link') && (
        <>
          <Button busy={connect.busy} onClick={() => void connect.run(chosen)}>
            {t('connect')}
          </Button>
          <Button busy={restart.busy} onClick={() => void restart.run(chosen)}>
            {t('restart')}
          </Button>
          <Button onClick={ask('disconnect')}>{t('disconnect')}</Button>
        </>
      )}
      {may('device:manage') && (
        <Button kind="danger" onClick={ask('delete')}>
          {t('remove')}
        </Button>
      )}
      <Button kind="quiet" onClick={onDone}>
        {t('clearSelection')}
      </Button>
      {asking.value === 'disconnect' && (
        <BulkDialog
          title={t.count('disconnectTitle', chosen.length)}
          text={t('disconnectText')}
          names={chosen.map(nameOf)}
          option={t('alsoLogOut')}
          confirm={t('disconnect')}
          run={(logout) => disconnectDevices(chosen, { logout })}
          onClose={close}
        />
      )}
      {asking.value === 'delete' && (
        <BulkDialog
          title={t.count('deleteTitle', chosen.length)}
          text={t('deleteText')}
          names={chosen.map(nameOf)}
          option={t('alsoPurge')}
          confirm={t('remove')}
          run={(purge) => deleteDevices(chosen, { purge })}
          onClose={close}
        />
      )}
    </div>
  );
}
