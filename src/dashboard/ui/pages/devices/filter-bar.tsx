import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { deviceCounts, devices } from '../../lib/device-store.ts';
import { place, replaceQuery } from '../../lib/place.ts';
import { tagsOf } from './device-filter.ts';
import { t } from './texts.ts';

const STATUSES = [
  'connected',
  'connecting',
  'reconnecting',
  'pairing',
  'disconnected',
  'logged_out',
  'cancelled',
  'created',
  'error',
] as const;

interface FilterBarProps {
  text: string;
  onText(text: string): void;
  status: string;
  tag: string;
}

/** State and tag are part of the address, so that they can be linked to; the search is not. */
export function FilterBar({ text, onText, status, tag }: FilterBarProps) {
  const counts = deviceCounts.value;
  const tags = tagsOf(devices.value);
  const set = (name: string, value: string) => replaceQuery({ ...place.peek().query, [name]: value });
  const statuses = [
    { value: '', label: t('allStates') },
    { value: 'attention', label: t('attentionOnly') },
    ...STATUSES.filter((each) => counts[each] !== undefined || each === status).map((each) => ({
      value: each,
      label: `${t(`status.${each}`)} (${counts[each] ?? 0})`,
    })),
  ];
  return (
    <search class="devices-filter">
      <TextField
        label={t('search')}
        type="search"
        placeholder={t('searchHint')}
        value={text}
        onValue={onText}
        maxLength={100}
      />
      <Select
        label={t('status')}
        options={statuses}
        value={status}
        onValue={(value) => set('status', value)}
      />
      {(tags.length > 0 || tag !== '') && (
        <Select
          label={t('tag')}
          options={[
            { value: '', label: t('allTags') },
            ...tags.map((each) => ({ value: each, label: each })),
          ]}
          value={tag}
          onValue={(value) => set('tag', value)}
        />
      )}
    </search>
  );
}
