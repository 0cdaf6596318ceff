import type { Device } from '../../api/device-types.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { STEPS, type Stage, stepsDone } from './pairing-stage.ts';
import { t } from './texts.ts';

/** The four steps, and one sentence that is read aloud when one is done. */
export function PairingSteps({ device, stage }: { device: Device; stage: Stage }) {
  const done = stepsDone(stage);
  const isMoving = stage !== 'stopped' && stage !== 'resting';
  return (
    <Card title={t('stepsTitle')}>
      <ol class="pair-steps">
        {STEPS.map((step, index) => {
          const isDone = index < done;
          const isNow = isMoving && index === done;
          return (
            <li
              key={step}
              class={isDone ? 'pair-done' : isNow ? 'pair-now' : ''}
              aria-current={isNow ? 'step' : undefined}
            >
              <span class="pair-mark" aria-hidden="true">
                {isDone ? <Icon name="check" /> : index + 1}
              </span>
              <span>
                {t(`step.${step}`)}
                {isDone && <span class="sr-only"> ({t('done')})</span>}
                {isNow && <span class="sr-only"> ({t('now')})</span>}
              </span>
            </li>
          );
        })}
      </ol>
      <p class="sr-only" role="status">
        {sentence(device, stage)}
      </p>
    </Card>
  );
}

function sentence({ status, cause }: Device, stage: Stage): string {
  if (stage === 'stopped') return cause === null ? '' : t('say.failed');
  if (stage === 'waiting') return t(status === 'pairing' ? 'say.scan' : 'say.start');
  if (stage === 'resting') return '';
  return t(stage === 'linked' ? 'say.linked' : stage === 'syncing' ? 'say.sync' : 'say.done');
}
