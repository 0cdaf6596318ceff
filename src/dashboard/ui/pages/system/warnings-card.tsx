import type { SystemWarning } from '../../api/system-types.ts';
import { Badge } from '../../components/badge.tsx';
import { Card } from '../../components/card.tsx';
import { href } from '../../lib/place.ts';
import { causeText } from '../../texts/causes.ts';
import { t } from './texts.ts';

interface WarningsCardProps {
  warnings: readonly SystemWarning[];
  /** Sentences about settings; for administrators. */
  configuration: readonly string[];
}

/** What is wrong although it works, with the devices it is about. */
export function WarningsCard({ warnings, configuration }: WarningsCardProps) {
  return (
    <Card title={t('warnings')}>
      {warnings.length === 0 && configuration.length === 0 && <p class="muted">{t('noWarnings')}</p>}
      {warnings.length > 0 && (
        <ul class="stack-s">
          {warnings.map((warning) => (
            <Warning key={warning.code} warning={warning} />
          ))}
        </ul>
      )}
      {configuration.length > 0 && (
        <div class="stack-s">
          <h3>{t('configuration')}</h3>
          <ul class="system-list">
            {configuration.map((sentence) => (
              <li key={sentence} class="break">
                {sentence}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  );
}

function Warning({ warning: { code, message, devices, deviceIds } }: { warning: SystemWarning }) {
  const text = t.maybe(`warning.${code}`, causeText.maybe(`${code}.reason`, message));
  const rest = devices - deviceIds.length;
  return (
    <li class="stack-s">
      <p>
        <Badge tone="warn">{t.count('onDevices', devices)}</Badge> {text}
      </p>
      <p class="row small">
        {deviceIds.map((deviceId) => (
          <a key={deviceId} class="break" href={href(`/devices/${deviceId}`)}>
            {deviceId}
          </a>
        ))}
        {rest > 0 && <span class="muted">+ {rest}</span>}
      </p>
    </li>
  );
}
