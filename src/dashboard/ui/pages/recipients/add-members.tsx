import { useState } from 'preact/hooks';
import { REPORTING } from '../../api/paths.ts';
import { Button } from '../../components/button.tsx';
import { CheckGroup } from '../../components/check-group.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormError } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { NumberPager } from '../../components/number-pager.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { toast } from '../../components/toast.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { c } from '../../texts/common.ts';
import { formatPhone } from '../send/format-phone.ts';
import { t } from './texts.ts';
import { usePeople } from './use-people.ts';

interface AddMembersProps {
  /** Of the list. */
  path: string;
  onClose(): void;
  onAdded(): void;
}

/** Puts saved people on a list; who was chosen stays chosen while one searches on. */
export function AddMembers({ path, onClose, onAdded }: AddMembersProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { people, text, search, setPage, isFiltered } = usePeople(`${REPORTING}/recipients`, 20);
  const { busy, error, run } = useAction(async () => {
    const body = { recipient_ids: chosen.map(Number) };
    const { changed } = await api.post<{ changed: number }>(`${path}/members`, body);
    toast(t.count('membersAdded', changed));
    onAdded();
    onClose();
  });
  return (
    <Dialog title={t('addMembers')} onClose={onClose} wide>
      <FormError error={error} />
      <TextField
        label={t('search')}
        type="search"
        placeholder={t('searchHint')}
        maxLength={100}
        value={text}
        onValue={search}
      />
      <ResourceView of={people}>
        {(found) => (
          <>
            {found.total === 0 && <p class="muted">{t(isFiltered ? 'nobodyFound' : 'noPeople')}</p>}
            <CheckGroup
              label={t('choosePeople')}
              options={found.items.map(({ id, name, number }) => ({
                value: String(id),
                label: name,
                hint: formatPhone(number),
              }))}
              values={chosen}
              onValues={setChosen}
            />
            <NumberPager of={found} onPage={setPage} />
          </>
        )}
      </ResourceView>
      <div class="form-actions">
        <Button onClick={onClose}>{c('cancel')}</Button>
        <Button kind="primary" busy={busy} disabled={chosen.length === 0} onClick={() => void run()}>
          {t.count('addChosen', chosen.length)}
        </Button>
      </div>
    </Dialog>
  );
}
