import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { t } from './texts.ts';

export interface Search {
  readonly what: 'chats' | 'messages';
  readonly text: string;
}

/** One field for both: which chat, or who said what. */
export function Finder({ search, onSearch }: { search: Search; onSearch(next: Search): void }) {
  const isChats = search.what === 'chats';
  return (
    <search class="chats-finder">
      <Select
        label={t('findWhat')}
        options={[
          { value: 'chats', label: t('list') },
          { value: 'messages', label: t('inMessages') },
        ]}
        value={search.what}
        onValue={(what) => onSearch({ ...search, what })}
      />
      <TextField
        label={isChats ? t('findChat') : t('findMessage')}
        type="search"
        placeholder={isChats ? t('findHint') : t('wordsHint')}
        value={search.text}
        onValue={(text) => onSearch({ ...search, text })}
        maxLength={100}
      />
    </search>
  );
}
