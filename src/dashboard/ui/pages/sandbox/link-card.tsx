import { useState } from 'preact/hooks';
import { SANDBOX } from '../../api/paths.ts';
import type { SandboxPhone } from '../../api/sandbox-types.ts';
import { StatusPill } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Select } from '../../components/select.tsx';
import { toast } from '../../components/toast.tsx';
import { devices } from '../../lib/device-store.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { type LinkWay, linkPhone } from './link-phone.ts';
import { t } from './texts.ts';

interface LinkCardProps {
  phone: SandboxPhone;
  onChanged(): void;
}

/** The devices a phone is linked with, and linking another. */
export function LinkCard({ phone, onChanged }: LinkCardProps) {
  return (
    <Card title={t('link')}>
      {phone.devices.length === 0 && <p class="muted">{t('notLinked')}</p>}
      {phone.devices.map(({ device, online }) => (
        <LinkedDevice key={device} phone={phone} device={device} online={online} onChanged={onChanged} />
      ))}
      <LinkForm phone={phone} onChanged={onChanged} />
    </Card>
  );
}

/** Whoever shows a code is most likely meant. */
function LinkForm({ phone: { phoneNumber, pushName }, onChanged }: LinkCardProps) {
  const free = devices.value
    .filter(({ hasSession }) => !hasSession)
    .toSorted((a, b) => Number(b.status === 'pairing') - Number(a.status === 'pairing'));
  const [wanted, setWanted] = useState('');
  const chosen = free.find(({ deviceId }) => deviceId === wanted) ?? free[0];
  const link = useAction(async (way: LinkWay) => {
    if (!chosen) return;
    const { deviceId, deviceName } = chosen;
    await linkPhone({ phoneNumber, deviceId, way }, t('qrTimeout'));
    toast(t('linking', { phone: pushName, device: deviceName ?? deviceId }));
    onChanged();
  });
  if (!chosen) return <p class="muted small">{t('noDeviceToLink')}</p>;
  return (
    <div class="stack-s">
      <FormError error={link.error} />
      <Select
        label={t('linkDevice')}
        hint={t('linkHint')}
        options={free.map(({ deviceId, deviceName }) => ({
          value: deviceId,
          label: deviceName === null ? deviceId : `${deviceName} (${deviceId})`,
        }))}
        value={chosen.deviceId}
        onValue={setWanted}
      />
      <div class="row">
        <Button kind="primary" busy={link.busy} onClick={() => void link.run('scan')}>
          {t('scan')}
        </Button>
        <Button busy={link.busy} onClick={() => void link.run('pairing-code')}>
          {t('typeCode')}
        </Button>
      </div>
    </div>
  );
}

const ENDS = ['cut', 'close', 'conflict', 'silence', 'xmlstreamend', 'stream-error'] as const;
type End = (typeof ENDS)[number];

interface LinkedDeviceProps extends LinkCardProps {
  device: number;
  online: boolean;
}

function LinkedDevice({ phone, device, online, onChanged }: LinkedDeviceProps) {
  const [how, setHow] = useState<End>('cut');
  const path = `${SANDBOX}/phones/${phone.phoneNumber}/devices/${device}`;
  const end = useAction(async () => {
    await api.post(`${path}/end`, how === 'stream-error' ? { how, code: '503' } : { how });
    toast(t('ended'));
    onChanged();
  });
  const unlink = useAction(async () => {
    const question = { title: t('unlinkTitle'), text: t('unlinkText'), confirm: t('unlink'), danger: true };
    if (!(await confirmed(question))) return;
    await api.delete(path);
    onChanged();
  });
  return (
    <div class="sandbox-linked">
      <FormError error={end.error ?? unlink.error} />
      <div class="row-between">
        <span class="break">
          {phone.deviceId ?? t('device', { number: device })}{' '}
          <StatusPill tone={online ? 'ok' : 'warn'}>{t(online ? 'online' : 'offline')}</StatusPill>
        </span>
        <Button kind="danger" busy={unlink.busy} onClick={() => void unlink.run()}>
          {t('unlink')}
        </Button>
      </div>
      {online && (
        <div class="sandbox-line">
          <Select
            label={t('end')}
            options={ENDS.map((value) => ({ value, label: t(`end.${value}`) }))}
            value={how}
            onValue={(next) => setHow(next)}
          />
          <Button busy={end.busy} onClick={() => void end.run()}>
            {t('endNow')}
          </Button>
        </div>
      )}
    </div>
  );
}
