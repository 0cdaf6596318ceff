import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, FormError } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { devices, devicesError, devicesState, loadDevices } from '../../lib/device-store.ts';
import { replaceQuery } from '../../lib/place.ts';
import { may } from '../../lib/session.ts';
import type { PageProps } from '../page-props.ts';
import { BulkBar } from './bulk-bar.tsx';
import { CreateDialog } from './create-dialog.tsx';
import { filterDevices } from './device-filter.ts';
import { DeviceList } from './device-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { t } from './texts.ts';
import './devices.css';

/** Every device with its state, why it is so, and what to do; one or many of them at once. */
export function DevicesPage({ query }: PageProps) {
  const creating = useSignal(false);
  const add = may('device:manage') && (
    <Button
      kind="primary"
      onClick={() => {
        creating.value = true;
      }}
    >
      {t('add')}
    </Button>
  );
  return (
    <Page title={t('title')} actions={add}>
      <Content status={query.status ?? ''} tag={query.tag ?? ''} add={add} />
      {creating.value && (
        <CreateDialog
          onClose={() => {
            creating.value = false;
          }}
        />
      )}
    </Page>
  );
}

function Content({ status, tag, add }: { status: string; tag: string; add: ComponentChildren }) {
  const text = useSignal('');
  const selected = useSignal<ReadonlySet<string>>(new Set());
  const all = devices.value;
  const shown = filterDevices(all, { text: text.value, status, tag });
  // What is not there any more cannot be chosen.
  const chosen = useComputed(() => devices.value.filter(({ deviceId }) => selected.value.has(deviceId)));
  const select = (next: ReadonlySet<string>) => {
    selected.value = next;
  };
  const clear = () => {
    text.value = '';
    replaceQuery({});
  };
  if (devicesState.value === 'loading') return <Skeleton lines={5} />;
  if (devicesState.value === 'error' && devicesError.value && all.length === 0) {
    return <ErrorState error={devicesError.value} onRetry={() => void loadDevices()} />;
  }
  if (all.length === 0) {
    return (
      <EmptyState icon="phone" title={t('emptyTitle')} action={add}>
        {t(add ? 'emptyText' : 'emptyTextViewer')}
      </EmptyState>
    );
  }
  return (
    <>
      <FormError error={devicesError.value} />
      <FilterBar
        text={text.value}
        onText={(value) => {
          text.value = value;
        }}
        status={status}
        tag={tag}
      />
      <BulkBar shown={shown} chosen={chosen.value} onSelected={select} />
      {shown.length === 0 ? (
        <EmptyState
          icon="search"
          title={t('nothingFound')}
          action={<Button onClick={clear}>{t('clearFilter')}</Button>}
        >
          {t('nothingFoundText')}
        </EmptyState>
      ) : (
        <DeviceList devices={shown} selected={selected.value} onSelected={select} />
      )}
    </>
  );
}
