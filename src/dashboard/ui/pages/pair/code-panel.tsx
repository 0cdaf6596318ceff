import { useEffect, useState } from 'preact/hooks';
import type { PairingCode } from '../../api/device-detail-types.ts';
import type { Device } from '../../api/device-types.ts';
import { devicePath } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { DeviceReasons } from '../../components/device-state.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { browserClock } from '../../lib/clock.ts';
import { useLive } from '../../lib/live.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { formatCode, spellCode, stageOf } from './pairing-stage.ts';
import { t } from './texts.ts';
import { useCountdown } from './use-countdown.ts';

interface CodePanelProps {
  device: Device;
  phone: string;
  onPhone(phone: string): void;
}

interface ShownCode {
  readonly code: string;
  /** In ms; null: not known. */
  readonly endsAt: number | null;
  /** As it was typed; null: asked for elsewhere. */
  readonly phone: string | null;
}

/** WhatsApp's word may take some reconnects; the server gives up after half a minute. */
const PATIENCE_MS = 45_000;

/** A number is asked for, a code of eight characters comes back, to be typed into the phone. */
export function CodePanel({ device, phone, onPhone }: CodePanelProps) {
  const { deviceId } = device;
  const [shown, show] = useShownCode(device);
  const ask = useAction(async () => {
    const path = devicePath(deviceId, '/pairing-code');
    const answer = await api.post<PairingCode>(path, { phone }, { timeoutMs: PATIENCE_MS });
    show({ code: answer.pairingCode, expiresIn: answer.expiresIn, phone });
  });
  const submit = (event: Event) => {
    event.preventDefault();
    void ask.run();
  };
  return (
    <section class="card pair-card">
      {shown && <Code shown={shown} />}
      {stageOf(device) === 'stopped' && <DeviceReasons device={device} />}
      <form class="form" onSubmit={submit}>
        <FormError error={ask.error} />
        <TextField
          label={t('phone')}
          hint={t('phoneHint')}
          type="tel"
          inputMode="tel"
          autocomplete="tel"
          required
          minLength={5}
          maxLength={40}
          value={phone}
          onValue={onPhone}
          error={ask.error?.fieldMessage('phone')}
        />
        <div class="form-actions">
          <Button type="submit" kind={shown ? 'plain' : 'primary'} busy={ask.busy}>
            {shown ? t('anotherCode') : t('getCode')}
          </Button>
        </div>
      </form>
    </section>
  );
}

/** The code that was asked for here or elsewhere; gone when nothing is being linked any more. */
function useShownCode(device: Device) {
  const { deviceId } = device;
  const [shown, setShown] = useState<ShownCode | null>(null);
  const show = ({ code, expiresIn, phone }: { code: string; expiresIn: number; phone: string | null }) =>
    setShown((last) => ({
      code,
      endsAt: browserClock.now() + expiresIn * 1_000,
      // The news may come before or after the answer, and only the answer knows the number.
      phone: phone ?? (last?.code === code ? last.phone : null),
    }));
  useLive({ types: ['pairing_code'], deviceId }, ({ code, expiresIn }) => {
    if (typeof code === 'string' && typeof expiresIn === 'number') show({ code, expiresIn, phone: null });
  });
  useEffect(() => {
    const leaving = new AbortController();
    api.get<Device>(devicePath(deviceId), { signal: leaving.signal }).then(
      ({ pairingCode }) => {
        if (pairingCode !== null)
          setShown((known) => known ?? { code: pairingCode, endsAt: null, phone: null });
      },
      () => {},
    );
    return () => leaving.abort();
  }, [deviceId]);
  const isOver = stageOf(device) === 'stopped';
  useEffect(() => {
    if (isOver) setShown(null);
  }, [isOver]);
  return [shown, show] as const;
}

function Code({ shown: { code, endsAt, phone } }: { shown: ShownCode }) {
  const left = useCountdown(endsAt);
  const isOld = endsAt !== null && left === 0;
  return (
    <div class="stack-s pair-center" role="status">
      <h2>{t('codeTitle')}</h2>
      {phone !== null && <p class="muted">{t('codeFor', { phone })}</p>}
      <p class={`pair-code mono ${isOld ? 'pair-qr-old' : ''}`} aria-hidden="true">
        {formatCode(code)}
      </p>
      <p class="sr-only">{spellCode(code)}</p>
      <p role="timer" aria-live="off">
        {isOld ? t('codeEnded') : endsAt !== null && t.count('codeEnds', left)}
      </p>
    </div>
  );
}
