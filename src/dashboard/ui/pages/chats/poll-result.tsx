import type { HistoryMessage, PollVotes } from '../../api/history-types.ts';
import { devicePath } from '../../api/paths.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { formatNumber } from '../../lib/format.ts';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { t } from './texts.ts';

/** Who wants what, as it stands now. Only what the device itself asked can be counted. */
export function PollResult({ deviceId, message }: { deviceId: string; message: HistoryMessage }) {
  const { messageId, fromMe } = message;
  if (!fromMe) return <p class="muted">{t('votesAway')}</p>;
  return <Votes deviceId={deviceId} messageId={messageId} />;
}

function Votes({ deviceId, messageId }: { deviceId: string; messageId: string }) {
  const votes = useResource(
    (signal) =>
      api.get<PollVotes>(devicePath(deviceId, `/messages/${encodeURIComponent(messageId)}/votes`), {
        signal,
      }),
    [deviceId, messageId],
  );
  return (
    <section class="stack-s">
      <h3>{t('votes')}</h3>
      <ResourceView of={votes}>
        {({ options, totalVoters }) => (
          <>
            {options.map(({ name, count }) => (
              <div key={name}>
                <p class="row-between">
                  <bdi class="grow break">{name}</bdi>
                  <span>{formatNumber(count)}</span>
                </p>
                <ProgressBar label={name} value={count} max={Math.max(1, totalVoters)} />
              </div>
            ))}
            <p class="small muted">{t.count('voters', totalVoters)}</p>
          </>
        )}
      </ResourceView>
    </section>
  );
}
