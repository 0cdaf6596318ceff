import { useState } from 'preact/hooks';
import type { DeviceDetails } from '../../api/device-detail-types.ts';
import type { Device } from '../../api/device-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { FilePicker } from '../../components/file-picker.tsx';
import { toast } from '../../components/toast.tsx';
import { putDevice } from '../../lib/device-store.ts';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { saveFile } from './save-file.ts';
import { t } from './texts.ts';

const PASSPHRASE = '[\\x20-\\x7e]{12,256}';
const LARGEST_BYTES = 32 * 1024 * 1024;
/** Sealing and opening take a second, and the files are megabytes. */
const PATIENCE_MS = 120_000;

const isRunning = ({ status }: Device) =>
  status === 'connected' || status === 'connecting' || status === 'reconnecting' || status === 'pairing';

/** The session as an encrypted file; only while the device is stopped. */
export function ExportCard({ device }: { device: DeviceDetails }) {
  const [passphrase, setPassphrase] = useState('');
  const save = useAction(async () => {
    const headers = { 'x-backup-passphrase': passphrase };
    const path = devicePath(device.deviceId, '/session/export');
    const response = await api.raw(path, { headers, timeoutMs: PATIENCE_MS });
    saveFile(await response.blob(), `session-${device.deviceId}.wafleet`);
    setPassphrase('');
    toast(t('exportDone'));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void save.run();
  };
  const mustWait = !device.hasSession || isRunning(device);
  return (
    <Card title={t('exportTitle')}>
      <p>{t('exportText')}</p>
      {!device.hasSession && <p class="muted">{t('noSession')}</p>}
      {device.hasSession && isRunning(device) && <StopFirst device={device} />}
      {!mustWait && (
        <form class="form" onSubmit={submit}>
          <FormError error={save.error} />
          {save.error?.code === 'DEVICE_RUNNING' && <StopFirst device={device} />}
          <TextField
            label={t('passphrase')}
            hint={t('passphraseHint')}
            type="password"
            required
            pattern={PASSPHRASE}
            title={t('passphraseHint')}
            autocomplete="new-password"
            value={passphrase}
            onValue={setPassphrase}
            error={save.error?.fieldMessage('x-backup-passphrase')}
          />
          <div class="form-actions">
            <Button type="submit" kind="primary" busy={save.busy}>
              {t('exportDo')}
            </Button>
          </div>
        </form>
      )}
    </Card>
  );
}

function StopFirst({ device: { deviceId } }: { device: Device }) {
  const stop = useAction(async () => {
    const query = { logout: false };
    putDevice(await api.delete<Device>(devicePath(deviceId, '/disconnect'), undefined, { query }));
  });
  return (
    <>
      <p>{t('mustStop')}</p>
      <FormError error={stop.error} />
      {may('device:link') && (
        <div class="row">
          <Button busy={stop.busy} onClick={() => void stop.run()}>
            {t('stop')}
          </Button>
        </div>
      )}
    </>
  );
}

/** A session out of a file; only where no phone is linked. */
export function ImportCard({ device }: { device: DeviceDetails }) {
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const bring = useAction(async (from: File) => {
    const type = from.name.toLowerCase().endsWith('.zip') ? 'application/zip' : 'application/octet-stream';
    const path = devicePath(device.deviceId, '/session/import');
    const headers: Record<string, string> = passphrase === '' ? {} : { 'x-backup-passphrase': passphrase };
    const body = new Blob([from], { type });
    putDevice(await api.post<Device>(path, body, { headers, timeoutMs: PATIENCE_MS }));
    setFile(null);
    setPassphrase('');
    toast(t('importDone'));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    if (file) void bring.run(file);
  };
  return (
    <Card title={t('importTitle')}>
      <p>{t('importText')}</p>
      {device.hasSession ? (
        <p class="muted">{t('importLinked')}</p>
      ) : (
        <form class="form" onSubmit={submit}>
          <FormError error={bring.error} />
          {isRunning(device) && <StopFirst device={device} />}
          <FilePicker
            label={t('importFile')}
            accept=".wafleet,.zip"
            maxBytes={LARGEST_BYTES}
            file={file}
            onFile={setFile}
          />
          <TextField
            label={t('passphrase')}
            hint={t('importPassphraseHint')}
            type="password"
            autocomplete="off"
            maxLength={256}
            value={passphrase}
            onValue={setPassphrase}
            error={bring.error?.fieldMessage('x-backup-passphrase')}
          />
          <div class="form-actions">
            <Button type="submit" kind="primary" busy={bring.busy} disabled={file === null}>
              {t('importDo')}
            </Button>
          </div>
        </form>
      )}
    </Card>
  );
}
