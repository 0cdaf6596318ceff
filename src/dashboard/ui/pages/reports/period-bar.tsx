import { DeviceSelect } from '../../components/device-select.tsx';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { replaceQuery } from '../../lib/place.ts';
import { isDay, LENGTHS, type Period } from './period.ts';
import { t } from './texts.ts';

interface PeriodBarProps {
  query: Readonly<Record<string, string>>;
  deviceId: string;
  period: Period;
  /** The end lies before the start. */
  isTurned: boolean;
}

/** What is reported on; it is part of the address, so that a report can be linked to. */
export function PeriodBar({ query, deviceId, period, isTurned }: PeriodBarProps) {
  const isOwn = isDay(query.from ?? '') && isDay(query.to ?? '');
  const set = (change: Record<string, string>) => replaceQuery({ device: deviceId, ...change });
  const choose = (range: string) => set(range === 'own' ? { ...period } : { days: range });
  const setDay = (change: Partial<Period>) => {
    const next = { ...period, ...change };
    if (isDay(next.from) && isDay(next.to)) set(next);
  };
  return (
    <search class="reports-filter" aria-label={t('filter')}>
      <DeviceSelect
        value={deviceId}
        emptyLabel={t('allDevices')}
        onValue={(device) => replaceQuery({ ...query, device })}
      />
      <Select
        label={t('range')}
        options={[...LENGTHS, 'own' as const].map((each) => ({ value: each, label: t(`range.${each}`) }))}
        value={isOwn ? 'own' : (LENGTHS.find((each) => each === query.days) ?? '30')}
        onValue={choose}
      />
      {isOwn && (
        <>
          <TextField label={t('from')} type="date" value={period.from} onValue={(from) => setDay({ from })} />
          <TextField
            label={t('to')}
            type="date"
            value={period.to}
            error={isTurned ? t('rangeInvalid') : undefined}
            onValue={(to) => setDay({ to })}
          />
        </>
      )}
    </search>
  );
}
