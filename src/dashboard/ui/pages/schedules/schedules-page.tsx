import type { Page as ListPage } from '../../api/device-types.ts';
import { DEVICES } from '../../api/paths.ts';
import type { Schedule } from '../../api/schedule-types.ts';
import { LinkButton } from '../../components/button.tsx';
import { DeviceSelect } from '../../components/device-select.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Pager } from '../../components/pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { Select } from '../../components/select.tsx';
import { useLive } from '../../lib/live.ts';
import type { LiveFrame } from '../../lib/live-stream.ts';
import { href, place, replaceQuery } from '../../lib/place.ts';
import { api, may } from '../../lib/session.ts';
import { useCursor } from '../../lib/use-cursor.ts';
import { useResource } from '../../lib/use-resource.ts';
import type { PageProps } from '../page-props.ts';
import { ScheduleRow } from './schedule-row.tsx';
import { t } from './texts.ts';
import './schedules.css';

const STATUSES = ['active', 'done', 'missed', 'cancelled'] as const;

/** What is to be sent later, of all devices; what has a time ahead unless one asks for more. */
export function SchedulesPage({ query: { device = '', status = 'active' } }: PageProps) {
  const create = may('message:send') && (
    <LinkButton kind="primary" href={href('/schedules/new', { device })}>
      {t('create')}
    </LinkButton>
  );
  const { list, pages, put } = useSchedules(device, status === 'all' ? '' : status);
  const filter = (name: string, value: string) => {
    pages.reset();
    replaceQuery({ ...place.peek().query, [name]: value });
  };
  const isFiltered = device !== '' || status !== 'active';
  return (
    <Page title={t('title')} actions={create}>
      <search class="schedules-filter">
        <DeviceSelect
          emptyLabel={t('allDevices')}
          value={device}
          onValue={(value) => filter('device', value)}
        />
        <Select
          label={t('status')}
          options={[
            ...STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
            { value: 'all', label: t('allStates') },
          ]}
          value={status}
          onValue={(value) => filter('status', value)}
        />
      </search>
      <ResourceView of={list}>
        {({ items, total, nextCursor }) =>
          items.length === 0 ? (
            <EmptyState icon="clock" title={t(isFiltered ? 'noneFound' : 'emptyTitle')} action={create}>
              {t(isFiltered ? 'noneFoundText' : 'emptyText')}
            </EmptyState>
          ) : (
            <>
              <ul class="schedules-list" aria-label={t('title')}>
                {items.map((schedule) => (
                  <ScheduleRow key={schedule.scheduleId} schedule={schedule} onSchedule={put} />
                ))}
              </ul>
              <Pager
                shown={items.length}
                total={total}
                hasNext={nextCursor !== null}
                hasPrevious={pages.hasPrevious}
                onNext={() => pages.next(nextCursor)}
                onPrevious={pages.previous}
              />
            </>
          )
        }
      </ResourceView>
    </Page>
  );
}

function useSchedules(deviceId: string, status: string) {
  const pages = useCursor();
  const list = useResource(
    (signal) =>
      api.get<ListPage<Schedule>>(`${DEVICES}/schedules`, {
        query: { deviceId, status, cursor: pages.cursor, pageSize: 25 },
        signal,
      }),
    [deviceId, status, pages.cursor],
  );
  const put = (schedule: Partial<Schedule> & Pick<Schedule, 'scheduleId'>) =>
    list.update((page) => ({
      ...page,
      items: page.items.map((each) =>
        each.scheduleId === schedule.scheduleId ? { ...each, ...schedule } : each,
      ),
    }));
  useLive({ types: ['schedule'] }, (frame) => {
    const told = scheduleOfFrame(frame);
    // What an edit made of the words is in no frame.
    if (!told || frame.change === 'edited') return list.reload();
    if (list.data?.items.some(({ scheduleId }) => scheduleId === told.scheduleId)) return put(told);
    const isWanted =
      (deviceId === '' || deviceId === told.deviceId) && (status === '' || status === told.status);
    if (isWanted && !pages.hasPrevious && isOnPage(list.data, told)) list.reload();
  });
  return { list, pages, put };
}

/** Whether an unknown schedule belongs here and not on a page behind: ids sort by time. */
function isOnPage(page: ListPage<Schedule> | null, { scheduleId }: Pick<Schedule, 'scheduleId'>): boolean {
  const last = page?.items.at(-1);
  return !page || page.nextCursor === null || last === undefined || scheduleId > last.scheduleId;
}

function scheduleOfFrame({ type: _type, at: _at, change: _change, ...fields }: LiveFrame) {
  return isSchedule(fields) ? fields : null;
}

function isSchedule(fields: object): fields is Omit<Schedule, 'message'> {
  return 'scheduleId' in fields && 'deviceId' in fields && 'runAt' in fields && 'status' in fields;
}
