import type { Device } from '../../api/device-types.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FormError } from '../../components/error-state.tsx';
import { useAction } from '../../lib/use-action.ts';
import { resetSession } from './pairing-actions.ts';
import { t } from './texts.ts';

/** What to tap on the phone, and what to try when it does not work. */
export function PairingHelp({ device, way }: { device: Device; way: 'qr' | 'code' }) {
  const reset = useAction(resetSession);
  const steps =
    way === 'qr'
      ? (['howOpen', 'howLinked', 'howScan', 'howKeep'] as const)
      : (['howOpen', 'howLinked', 'howNumber', 'howType', 'howKeep'] as const);
  return (
    <>
      <Card title={t('howTitle')}>
        <ol class="pair-how">
          {steps.map((step) => (
            <li key={step}>{t(step)}</li>
          ))}
        </ol>
      </Card>
      <Card title={t('helpTitle')}>
        <ul class="pair-how">
          {way === 'qr' && <li>{t('helpScan')}</li>}
          {way === 'qr' && <li>{t('helpOld')}</li>}
          <li>{t('helpLimit')}</li>
          <li>{t('helpReset')}</li>
        </ul>
        <FormError error={reset.error} />
        <div class="row">
          <Button kind="danger" busy={reset.busy} onClick={() => void reset.run(device)}>
            {t('reset')}
          </Button>
        </div>
      </Card>
    </>
  );
}
