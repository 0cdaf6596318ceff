import { useEffect, useState } from 'preact/hooks';
import { REPORTING } from '../../api/paths.ts';
import type { PlainList, Recipient } from '../../api/sending-types.ts';
import { TextField } from '../../components/field.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { browserClock } from '../../lib/clock.ts';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { formatPhone } from './format-phone.ts';
import { t } from './texts.ts';

/** Asked for when the person stops typing for so long, in ms. */
const PAUSE_MS = 300;

/** One of the saved recipients, found by name or number. */
export function SavedField({
  to,
  onTo,
  problem,
}: {
  to: string;
  onTo(to: string): void;
  problem: string | undefined;
}) {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  useEffect(() => browserClock.after(PAUSE_MS, () => setAsked(text.trim())), [text]);
  const found = useResource(
    (signal) =>
      api.get<PlainList<Recipient>>(`${REPORTING}/recipients`, { query: { q: asked, pageSize: 8 }, signal }),
    [asked],
  );
  return (
    <div class="stack-s">
      <TextField
        label={t('searchSaved')}
        type="search"
        maxLength={100}
        value={text}
        onValue={setText}
        error={problem}
      />
      <ResourceView of={found}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted small">{t(asked === '' ? 'noSaved' : 'noneFound')}</p>
          ) : (
            <ul class="send-found" aria-label={t('toSaved')}>
              {items.map(({ id, name, number }) => (
                <li key={id}>
                  <button
                    type="button"
                    class="send-choice"
                    aria-pressed={to === number}
                    onClick={() => onTo(number)}
                  >
                    <span class="break">{name}</span>
                    <span class="muted small">{formatPhone(number)}</span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </ResourceView>
    </div>
  );
}
