import { useState } from 'preact/hooks';
import { devicePath } from '../../api/paths.ts';
import type { SentMessage } from '../../api/sending-types.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { DeviceSelect } from '../../components/device-select.tsx';
import { FormError } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { Select } from '../../components/select.tsx';
import { toast } from '../../components/toast.tsx';
import { devices } from '../../lib/device-store.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useOnceKey } from '../../lib/use-once-key.ts';
import type { PageProps } from '../page-props.ts';
import { Bubble } from './bubble.tsx';
import { ContentFields } from './content-fields.tsx';
import { type Draft, EMPTY_DRAFT, isFileKind, KINDS, toBody } from './draft.ts';
import { MoreFields } from './more-fields.tsx';
import { RecipientField } from './recipient-field.tsx';
import { SentList } from './sent-list.tsx';
import { noteSent } from './sent-store.ts';
import { t } from './texts.ts';
import './send.css';

/** A file of sixteen megabytes over a slow line takes its time. */
const TIMEOUT_MS = 180_000;

/** One message of any kind, now, and what becomes of it. */
export function SendPage({ query }: PageProps) {
  const form = useSendForm(query.device ?? '', query.to ?? '');
  const { draft, change, error } = form;
  const submit = (event: Event) => {
    event.preventDefault();
    void form.send();
  };
  return (
    <Page title={t('title')}>
      <div class="send-columns">
        <Card>
          <form class="form" onSubmit={submit} aria-label={t('title')}>
            <FormError error={error} />
            {error?.code === 'DEVICE_NOT_CONNECTED' && <p>{t('tryQueue')}</p>}
            <DeviceSelect value={form.deviceId} onValue={form.setDevice} connectedOnly={!form.queue} />
            <Checkbox checked={form.queue} onChecked={form.setQueue}>
              {t('queue')}
            </Checkbox>
            <RecipientField
              key={form.deviceId}
              deviceId={form.deviceId}
              to={form.to}
              onTo={form.setTo}
              error={error}
            />
            <Select
              label={t('kind')}
              options={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
              value={draft.kind}
              onValue={(kind) => change({ kind })}
            />
            <ContentFields draft={draft} onDraft={change} error={error} />
            <MoreFields deviceId={form.deviceId} to={form.to} draft={draft} onDraft={change} error={error} />
            <div class="form-actions">
              <Button
                type="submit"
                kind="primary"
                busy={form.busy}
                disabled={form.deviceId === '' || form.to.trim() === ''}
              >
                {t('send')}
              </Button>
            </div>
          </form>
        </Card>
        <div class="stack">
          <Card title={t('preview')}>
            <div class="send-preview">
              <Bubble draft={draft} />
            </div>
          </Card>
          <SentList />
        </div>
      </div>
    </Page>
  );
}

/** What is filled in. Every change is a new wish; pressing twice is not. */
function useSendForm(firstDevice: string, firstTo: string) {
  const connected = devices.value.filter(({ isConnected }) => isConnected);
  const [chosen, setChosen] = useState(firstDevice);
  const [to, setTo] = useState(firstTo);
  const [queue, setQueue] = useState(false);
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const once = useOnceKey();
  // Whoever has one device need not choose it.
  const deviceId = chosen === '' && connected.length === 1 ? (connected[0]?.deviceId ?? '') : chosen;
  const send = useAction(async () => {
    const answer = await api.post<SentMessage>(devicePath(deviceId, '/messages'), toBody(draft, to.trim()), {
      query: { queue: queue || undefined },
      headers: once.headers(),
      timeoutMs: TIMEOUT_MS,
    });
    noteSent(answer, { deviceId, kind: draft.kind, text: wordsOf(draft) });
    toast(t(answer.status === 'queued' ? 'accepted' : 'sentOne'));
    once.renew();
    // Whoever wrote on in the meantime keeps what is written.
    setDraft((last) => (last === draft ? { ...EMPTY_DRAFT, kind: draft.kind, source: draft.source } : last));
  });
  const changing =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      once.renew();
      send.clear();
      set(value);
    };
  return {
    deviceId,
    to,
    queue,
    draft,
    busy: send.busy,
    error: send.error,
    send: send.run,
    setDevice: changing(setChosen),
    setTo: changing(setTo),
    setQueue: changing(setQueue),
    change: changing((fields: Partial<Draft>) => setDraft((last) => ({ ...last, ...fields }))),
  };
}

/** A line for the list of what was sent. */
function wordsOf(draft: Draft): string {
  const { kind } = draft;
  if (isFileKind(kind))
    return draft.caption || (draft.source === 'url' ? draft.url : (draft.file?.name ?? ''));
  if (kind === 'location') return draft.placeName || `${draft.latitude}, ${draft.longitude}`;
  if (kind === 'contact') return draft.contacts.map(({ name }) => name).join(', ');
  return kind === 'poll' ? draft.question : draft.text;
}
