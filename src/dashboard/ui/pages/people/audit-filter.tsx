import { AUTH } from '../../api/paths.ts';
import type { Person, Token, Whole } from '../../api/people-types.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Select } from '../../components/select.tsx';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';
import { t } from './texts.ts';

type Query = Readonly<Record<string, string>>;

interface AuditFilterProps {
  query: Query;
  onFilter(change: Query): void;
}

/** Who, since when and until when; one kind of action is chosen in the table. */
export function AuditFilter({
  query: { actor = '', action = '', from = '', to = '' },
  onFilter,
}: AuditFilterProps) {
  const actors = useActors(actor);
  return (
    <search class="people-filter">
      <Select
        label={t('actor')}
        options={[{ value: '', label: t('everybody') }, ...actors]}
        value={actor}
        onValue={(next) => onFilter({ actor: next })}
      />
      <TextField label={t('since')} type="date" value={from} onValue={(next) => onFilter({ from: next })} />
      <TextField label={t('until')} type="date" value={to} onValue={(next) => onFilter({ to: next })} />
      {action !== '' && (
        <div class="row">
          <span class="mono small break">{action}</span>
          <Button onClick={() => onFilter({ action: '' })}>{t('allActions')}</Button>
        </div>
      )}
    </search>
  );
}

/** Everybody who can be chosen; whoever was removed stays when the address names them. */
function useActors(chosen: string) {
  const found = useResource(async (signal) => {
    const [people, keys] = await Promise.all([
      api.get<Whole<Person>>(`${AUTH}/users`, { signal }),
      api.get<Whole<Token>>(`${AUTH}/tokens`, { signal }),
    ]);
    return [
      ...people.items.map(({ userId, name }) => ({ value: userId, label: name })),
      ...keys.items.map(({ tokenId, name }) => ({ value: tokenId, label: `${name} (${t('key')})` })),
    ];
  });
  const known = found.data ?? [];
  const isThere = chosen === '' || known.some(({ value }) => value === chosen);
  return isThere ? known : [...known, { value: chosen, label: chosen }];
}
