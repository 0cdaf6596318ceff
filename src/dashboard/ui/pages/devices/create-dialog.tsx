import { useState } from 'preact/hooks';
import type { Device } from '../../api/device-types.ts';
import { DEVICES, devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { toast } from '../../components/toast.tsx';
import { putDevice } from '../../lib/device-store.ts';
import { go } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { splitTags } from '../../lib/tags.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { t } from './texts.ts';

/** A new device; where its id is taken: connect that one, start over, or another id. */
export function CreateDialog({ onClose }: { onClose(): void }) {
  const [deviceId, setDeviceId] = useState('');
  const [deviceName, setDeviceName] = useState('');
  const [tags, setTags] = useState('');
  const create = async () => {
    const name = deviceName.trim();
    const device = await api.post<Device>(`${DEVICES}/devices`, {
      deviceId,
      ...(name !== '' && { deviceName: name }),
      tags: splitTags(tags),
    });
    putDevice(device);
    toast(t('created', { name: device.deviceName ?? deviceId }));
    leave();
  };
  const leave = () => {
    onClose();
    if (may('device:link')) go(`/devices/${deviceId}/pair`);
  };
  const { busy, error, run, clear } = useAction(create);
  const submit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  if (error?.code === 'DEVICE_EXISTS') {
    return (
      <Dialog title={t('existsTitle', { id: deviceId })} onClose={onClose}>
        <DeviceExists deviceId={deviceId} onConnected={leave} recreate={create} onRename={clear} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t('createTitle')} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <FormError error={error} />
        <TextField
          label={t('deviceId')}
          hint={t('deviceIdHint')}
          required
          autocomplete="off"
          pattern="[a-zA-Z0-9_\-]{3,50}"
          value={deviceId}
          onValue={(value) => setDeviceId(value.trim())}
          error={error?.fieldMessage('deviceId')}
        />
        <TextField
          label={t('deviceName')}
          hint={t('optional')}
          maxLength={100}
          autocomplete="off"
          value={deviceName}
          onValue={setDeviceName}
          error={error?.fieldMessage('deviceName')}
        />
        <TextField
          label={t('tags')}
          hint={t('tagsHint')}
          autocomplete="off"
          value={tags}
          onValue={setTags}
          error={error?.fieldMessage('tags')}
        />
        <div class="form-actions">
          <Button onClick={onClose}>{c('cancel')}</Button>
          <Button type="submit" kind="primary" busy={busy}>
            {t('create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface DeviceExistsProps {
  deviceId: string;
  onConnected(): void;
  recreate(): Promise<void>;
  onRename(): void;
}

function DeviceExists({ deviceId, onConnected, recreate, onRename }: DeviceExistsProps) {
  const connect = useAction(async () => {
    putDevice(await api.post<Device>(devicePath(deviceId, '/connect')));
    onConnected();
  });
  const startOver = useAction(async () => {
    const agreed = await confirmed({
      title: t('recreateTitle', { id: deviceId }),
      text: t('recreateText'),
      confirm: t('existsRecreate'),
      danger: true,
    });
    if (!agreed) return;
    await api.delete(devicePath(deviceId));
    await recreate();
  });
  return (
    <div class="form">
      <FormError error={connect.error ?? startOver.error} />
      <p>{t('existsText')}</p>
      <div class="form-actions">
        <Button onClick={onRename}>{t('existsRename')}</Button>
        <Button kind="danger" busy={startOver.busy} onClick={() => void startOver.run()}>
          {t('existsRecreate')}
        </Button>
        {may('device:link') && (
          <Button kind="primary" busy={connect.busy} onClick={() => void connect.run()}>
            {t('existsConnect')}
          </Button>
        )}
      </div>
    </div>
  );
}
