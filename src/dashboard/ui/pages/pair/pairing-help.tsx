import type { Device } from '../../api/device-types.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FormError } from '../../components/error-state.tsx';
import { useAction } from '../../lib/use-action.ts';
import { resetSession } from './pairing-actions.ts';
import { t } from './texts.ts';

/** What to tap on the phone. */
export function PhoneSteps({ way }: { way: 'qr' | 'code' }) {
  const steps =
    way === 'qr'
      ? (['howOpen', 'howLinked', 'howScan', 'howKeep'] as const)
      : (['howOpen', 'howLinked', 'howNumber', 'howType', 'howKeep'] as const);
  return (
    <Card title={t('howTitle')}>
      <ol class="pair-how">
        {steps.map((step) => (
          <li key={step}>{t(step)}</li>
        ))}
      </ol>
    </Card>
  );
}

/** What to try when it does not work; resetting the session is the last of it. */
export function PairingHelp({ device, way }: { device: Device; way: 'qr' | 'code' }) {
  const reset = useAction(resetSession);
  const isScanning = way === 'qr' && !device.hasSession;
  return (
    <Card title={t('helpTitle')}>
      <ul class="pair-how">
        {isScanning && <li>{t('helpScan')}</li>}
        {isScanning && <li>{t('helpOld')}</li>}
        {!device.hasSession && <li>{t('helpLimit')}</li>}
        <li>{t('helpReset')}</li>
      </ul>
      <FormError error={reset.error} />
      <div class="row">
        <Button kind="danger" busy={reset.busy} onClick={() => void reset.run(device)}>
          {t('reset')}
        </Button>
      </div>
    </Card>
  );
}
