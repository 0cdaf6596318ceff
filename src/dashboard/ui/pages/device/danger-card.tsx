import { useSignal } from '@preact/signals';
import type { DeviceDetails } from '../../api/device-detail-types.ts';
import type { Device } from '../../api/device-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { toast } from '../../components/toast.tsx';
import { dropDevice, putDevice } from '../../lib/device-store.ts';
import { go } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { t } from './texts.ts';
import { TypedConfirm } from './typed-confirm.tsx';

/** What cannot be undone; each is confirmed by typing the id of the device. */
export function DangerCard({ device }: { device: DeviceDetails }) {
  const { deviceId, deviceName } = device;
  const name = deviceName ?? deviceId;
  const asks = useSignal<'wipe' | 'delete' | null>(null);
  const close = () => {
    asks.value = null;
  };
  const wipe = async () => {
    putDevice(await api.post<Device>(devicePath(deviceId, '/cancel-and-wipe')));
    toast(t('wiped'));
  };
  const remove = async (purge: boolean) => {
    await api.delete(devicePath(deviceId), undefined, { query: { purge } });
    toast(t('deleted', { name }));
    go('/devices');
    dropDevice(deviceId);
  };
  return (
    <Card title={t('dangerTitle')}>
      {may('device:link') && (
        <div class="row-between">
          <p class="grow">{t('wipeText')}</p>
          <Button
            kind="danger"
            onClick={() => {
              asks.value = 'wipe';
            }}
          >
            {t('wipe')}
          </Button>
        </div>
      )}
      {may('device:manage') && (
        <div class="row-between">
          <p class="grow">{t('deleteText')}</p>
          <Button
            kind="danger"
            onClick={() => {
              asks.value = 'delete';
            }}
          >
            {t('deleteDo')}
          </Button>
        </div>
      )}
      {asks.value === 'wipe' && (
        <TypedConfirm
          title={t('wipeTitle', { name })}
          text={t('wipeText')}
          word={deviceId}
          confirm={t('wipe')}
          run={wipe}
          onClose={close}
        />
      )}
      {asks.value === 'delete' && (
        <TypedConfirm
          title={t('deleteTitle', { name })}
          text={t('deleteText')}
          word={deviceId}
          option={t('deletePurge')}
          confirm={t('deleteDo')}
          run={remove}
          onClose={close}
        />
      )}
    </Card>
  );
}
