import { useState } from 'preact/hooks';
import type { DeviceDetails } from '../../api/device-detail-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { toast } from '../../components/toast.tsx';
import { api, may } from '../../lib/session.ts';
import { splitTags } from '../../lib/tags.ts';
import { useAction } from '../../lib/use-action.ts';
import { type DeviceFormProps, Form } from './device-form.tsx';
import { NumberField } from './number-field.tsx';
import { t } from './texts.ts';

interface Draft {
  readonly deviceName: string;
  readonly tags: string;
  readonly autoRead: boolean;
  readonly markOnline: boolean;
  readonly historyDays: string;
}

/** Name, tags, behaviour and proxy. */
export function SettingsTab(props: DeviceFormProps) {
  return (
    <>
      {!may('device:manage') && <p class="muted">{t('readOnly')}</p>}
      <BehaviourForm {...props} />
      <ProxyForm {...props} />
    </>
  );
}

function BehaviourForm({ device, onChanged }: DeviceFormProps) {
  const [draft, setDraft] = useState<Draft>(() => ({
    deviceName: device.deviceName ?? '',
    tags: device.tags.join(', '),
    autoRead: device.settings.autoRead,
    markOnline: device.settings.markOnline,
    historyDays: device.settings.historyDays === null ? '' : String(device.settings.historyDays),
  }));
  const set = (change: Partial<Draft>) => setDraft((last) => ({ ...last, ...change }));
  const save = useAction(async () => {
    const { deviceName, tags, historyDays, autoRead, markOnline } = draft;
    const changed = await api.patch<DeviceDetails>(devicePath(device.deviceId), {
      deviceName: deviceName.trim() === '' ? null : deviceName.trim(),
      tags: splitTags(tags),
      settings: { autoRead, markOnline, historyDays: historyDays === '' ? null : Number(historyDays) },
    });
    onChanged(changed);
    toast(t('saved'));
  });
  const wrong = (name: string) => save.error?.fieldMessage(name);
  return (
    <Card title={t('settingsTitle')}>
      <Form busy={save.busy} onSave={() => void save.run()}>
        <FormError error={save.error} />
        <TextField
          label={t('name')}
          maxLength={100}
          autocomplete="off"
          value={draft.deviceName}
          onValue={(deviceName) => set({ deviceName })}
          error={wrong('deviceName')}
        />
        <TextField
          label={t('tags')}
          hint={t('tagsHint')}
          autocomplete="off"
          value={draft.tags}
          onValue={(tags) => set({ tags })}
          error={wrong('tags')}
        />
        <Checkbox checked={draft.autoRead} onChecked={(autoRead) => set({ autoRead })}>
          {t('autoRead')}
        </Checkbox>
        <Checkbox checked={draft.markOnline} onChecked={(markOnline) => set({ markOnline })}>
          {t('markOnline')}
        </Checkbox>
        <NumberField
          label={t('historyDays')}
          hint={t('historyDaysHint')}
          min={1}
          max={3650}
          value={draft.historyDays}
          onValue={(historyDays) => set({ historyDays })}
          error={wrong('settings.historyDays')}
        />
      </Form>
    </Card>
  );
}

function ProxyForm({ device, onChanged }: DeviceFormProps) {
  const [address, setAddress] = useState('');
  const change = useAction(async (proxyUrl: string | null) => {
    onChanged(await api.patch<DeviceDetails>(devicePath(device.deviceId), { proxyUrl }));
    setAddress('');
    toast(t('proxyRestart'));
  });
  return (
    <Card title={t('proxyTitle')}>
      <p>{t(device.hasProxy ? 'proxySet' : 'proxyUnset')}</p>
      {may('device:manage') && (
        <Form
          busy={change.busy}
          onSave={() => void change.run(address.trim())}
          beside={
            device.hasProxy && (
              <Button kind="danger" busy={change.busy} onClick={() => void change.run(null)}>
                {t('proxyRemove')}
              </Button>
            )
          }
        >
          <FormError error={change.error} />
          <TextField
            label={t('proxyAddress')}
            hint={t('proxyHint')}
            placeholder="socks5://user:password@proxy.example.com:1080"
            type="url"
            required
            maxLength={500}
            autocomplete="off"
            value={address}
            onValue={setAddress}
            error={change.error?.fieldMessage('proxyUrl')}
          />
        </Form>
      )}
    </Card>
  );
}
