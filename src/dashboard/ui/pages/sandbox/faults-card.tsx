import { SANDBOX } from '../../api/paths.ts';
import type { ArmedFault, FaultList, SandboxPhone } from '../../api/sandbox-types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { FormError } from '../../components/error-state.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { usePolling } from '../../lib/use-polling.ts';
import { type Resource, useResource } from '../../lib/use-resource.ts';
import { FaultForm } from './fault-form.tsx';
import { t } from './texts.ts';

/** Causing trouble, and what waits for its moment. */
export function FaultsCard({ phones }: { phones: readonly SandboxPhone[] }) {
  const list = useResource((signal) => api.get<FaultList>(`${SANDBOX}/faults`, { signal }));
  usePolling(3_000, list.reload);
  return (
    <Card title={t('faults')}>
      <p class="muted">{t('faultsText')}</p>
      <ResourceView of={list}>
        {({ items, kinds }) => (
          <>
            <FaultForm kinds={kinds} phones={phones} onCaused={list.reload} />
            <Armed items={items} list={list} />
          </>
        )}
      </ResourceView>
    </Card>
  );
}

function Armed({ items, list }: { items: readonly ArmedFault[]; list: Resource<FaultList> }) {
  const clear = useAction(async (id: string | null) => {
    const rest = await api.delete<FaultList>(`${SANDBOX}/faults${id === null ? '' : `/${id}`}`);
    list.update(() => rest);
  });
  return (
    <div class="stack-s">
      <div class="row-between">
        <h3>{t('armed')}</h3>
        {items.length > 0 && (
          <Button busy={clear.busy} onClick={() => void clear.run(null)}>
            {t('clearAll')}
          </Button>
        )}
      </div>
      <FormError error={clear.error} />
      {items.length === 0 && <p class="muted">{t('noFaults')}</p>}
      <ul class="stack-s" aria-label={t('armed')}>
        {items.map((armed) => (
          <li key={armed.id} class="sandbox-fault">
            <FaultText armed={armed} />
            <Button
              busy={clear.busy}
              aria-label={`${t('clear')}: ${armed.fault.kind}`}
              onClick={() => void clear.run(armed.id)}
            >
              {t('clear')}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function FaultText({ armed: { strikes, fault } }: { armed: ArmedFault }) {
  const { kind, times, target, ...fields } = fault;
  const said = Object.entries(fields).map(
    ([name, value]) => `${t.maybe(`field.${name}`, name)}: ${t.maybe(`choice.${value}`, String(value))}`,
  );
  return (
    <div class="stack-s">
      <p class="row">
        <code>{kind}</code>
        <Badge>{t.count('strikes', strikes)}</Badge>
        {typeof times === 'number' && <Badge>{t.count('timesLeft', times)}</Badge>}
        {targetOf(target)}
      </p>
      <p class="muted small">{[t.maybe(`fault.${kind}`, ''), ...said].filter(Boolean).join(' · ')}</p>
    </div>
  );
}

function targetOf(target: unknown) {
  if (typeof target !== 'object' || target === null || !('phoneNumber' in target)) return null;
  return <span class="mono small">{String(target.phoneNumber)}</span>;
}
