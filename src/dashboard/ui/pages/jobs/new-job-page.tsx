import { REPORTING } from '../../api/paths.ts';
import type { PlainList, RecipientList } from '../../api/sending-types.ts';
import { Card } from '../../components/card.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { DeviceSelect } from '../../components/device-select.tsx';
import { TextField } from '../../components/field.tsx';
import { Page } from '../../components/page.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Select } from '../../components/select.tsx';
import { devices } from '../../lib/device-store.ts';
import { formatNumber } from '../../lib/format.ts';
import { href } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { GroupField } from '../send/group-field.tsx';
import { CheckCard } from './check-card.tsx';
import { MessageCard } from './message-card.tsx';
import { JOB_KINDS } from './new-job.ts';
import { RowsCard } from './rows-card.tsx';
import { t } from './texts.ts';
import { type NewJob, useNewJob } from './use-new-job.ts';
import './jobs.css';

/** A job from a list: who, what, a look at every row, and then the start. */
export function NewJobPage({ query }: PageProps) {
  const [only] = devices.value;
  const job = useNewJob(query.device ?? (devices.value.length === 1 ? (only?.deviceId ?? '') : ''));
  const { draft } = job;
  return (
    <Page title={t('newTitle')}>
      <p>
        <a href={href('/jobs')}>{t('toList')}</a>
      </p>
      <WhatCard job={job} />
      {draft.from === 'list' && draft.kind === 'text' ? <ListCard job={job} /> : <RowsCard job={job} />}
      <MessageCard job={job} />
      <OptionsCard job={job} />
      <CheckCard job={job} />
    </Page>
  );
}

function WhatCard({ job: { draft, change, start, check } }: { job: NewJob }) {
  const error = start.error ?? check.error;
  return (
    <Card title={t('step.what')}>
      <div class="columns">
        <DeviceSelect
          value={draft.deviceId}
          onValue={(deviceId) => change({ deviceId, groupId: '' })}
          error={error?.fieldMessage('deviceId')}
        />
        <Select
          label={t('kind')}
          options={JOB_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
          value={draft.kind}
          onValue={(kind) => change({ kind, ...(kind !== 'text' && { from: 'rows' as const }) })}
        />
        {draft.kind === 'text' && may('report:read') && (
          <Select
            label={t('from')}
            options={[
              { value: 'rows' as const, label: t('fromRows') },
              { value: 'list' as const, label: t('fromList') },
            ]}
            value={draft.from}
            onValue={(from) => change({ from })}
          />
        )}
        {draft.kind === 'group_media' && (
          <GroupField deviceId={draft.deviceId} to={draft.groupId} onTo={(groupId) => change({ groupId })} />
        )}
      </div>
    </Card>
  );
}

function ListCard({ job: { draft, change } }: { job: NewJob }) {
  const lists = useResource((signal) =>
    api.get<PlainList<RecipientList>>(`${REPORTING}/recipient-lists`, { query: { pageSize: 200 }, signal }),
  );
  return (
    <Card title={t('step.rows')}>
      <ResourceView of={lists}>
        {({ items }) => (
          <Select
            label={t('list')}
            hint={t('listHint')}
            options={[
              { value: '', label: t(items.length === 0 ? 'noLists' : 'chooseList') },
              ...items.map(({ id, name, members }) => ({
                value: String(id),
                label: `${name} (${formatNumber(members)})`,
              })),
            ]}
            value={draft.listId}
            onValue={(listId) => change({ listId })}
          />
        )}
      </ResourceView>
    </Card>
  );
}

function OptionsCard({ job: { draft, change, start } }: { job: NewJob }) {
  return (
    <Card title={t('step.options')}>
      <div class="columns">
        <TextField
          label={t('jobName')}
          hint={t('optional')}
          maxLength={100}
          value={draft.name}
          onValue={(name) => change({ name })}
          error={start.error?.fieldMessage('name')}
        />
        <TextField
          label={t('delayField')}
          hint={t('delayHint')}
          type="number"
          min={0}
          max={3600}
          step="0.5"
          value={draft.delay}
          onValue={(delay) => change({ delay })}
          error={start.error?.fieldMessage('delay')}
        />
      </div>
      <Checkbox checked={draft.allowDuplicates} onChecked={(allowDuplicates) => change({ allowDuplicates })}>
        {t('allowDuplicates')}
      </Checkbox>
    </Card>
  );
}
