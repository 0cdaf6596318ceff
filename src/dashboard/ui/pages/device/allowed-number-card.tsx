import type { AllowedNumber, OnOff } from '../../api/device-detail-types.ts';
import type { Page } from '../../api/device-types.ts';
import { REPORTING } from '../../api/paths.ts';
import { StatusPill, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { confirmed } from '../../components/confirm.tsx';
import { FormError } from '../../components/error-state.tsx';
import { ResourceView } from '../../components/resource-view.tsx';
import { TimeAgo } from '../../components/time-ago.tsx';
import { toast } from '../../components/toast.tsx';
import { api, may } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { useResource } from '../../lib/use-resource.ts';
import { t } from './texts.ts';

const PATH = `${REPORTING}/allowed-numbers`;
const PAGE_SIZE = 200;
const TONES: Record<OnOff | 'none', Tone> = { aktif: 'ok', nonaktif: 'warn', none: 'neutral' };

interface NumberProps {
  deviceId: string;
  /** Digits. */
  phone: string;
}

/** Whether the history of this number is kept, what that means, and the ways to decide. */
export function AllowedNumberCard({ deviceId, phone }: NumberProps) {
  // "Nobody has decided" is an answer too, so it must not look like "not loaded".
  const found = useResource(async (signal) => ({ record: await findNumber(phone, signal) }), [phone]);
  return (
    <Card title={t('allowedTitle')}>
      <ResourceView of={found}>
        {({ record }) => (
          <>
            <Decision record={record} phone={phone} />
            {may('device:manage') && (
              <Decisions
                record={record}
                deviceId={deviceId}
                phone={phone}
                onDecided={(next) => found.update(() => ({ record: next }))}
              />
            )}
          </>
        )}
      </ResourceView>
    </Card>
  );
}

/** All there is to choose from, each with what it means; the one that holds is marked. */
function Decision({ record, phone }: { record: AllowedNumber | null; phone: string }) {
  const holds = record?.status ?? 'none';
  return (
    <ul class="columns">
      {(['none', 'aktif', 'nonaktif'] as const).map((status) => (
        <li
          key={status}
          class={`device-choice stack-s ${status === holds ? 'device-chosen' : ''}`}
          aria-current={status === holds ? 'true' : undefined}
        >
          <p class="row">
            <StatusPill tone={status === holds ? TONES[status] : 'neutral'}>
              {t(`allowed.${status}`)}
            </StatusPill>
            {status === holds && (
              <strong class="small">
                {t('holds')}
                {record && (
                  <>
                    {' · '}
                    <TimeAgo at={record.updated_at} />
                  </>
                )}
              </strong>
            )}
          </p>
          <p class={status === holds ? '' : 'muted'}>{t(`allowed.${status}.text`, { phone: `+${phone}` })}</p>
        </li>
      ))}
    </ul>
  );
}

interface DecisionsProps extends NumberProps {
  record: AllowedNumber | null;
  onDecided(record: AllowedNumber | null): void;
}

function Decisions({ record, deviceId, phone, onDecided }: DecisionsProps) {
  const decide = useAction(async (status: OnOff) => {
    if (status === 'nonaktif' && !(await agreedToErase(phone))) return;
    const order = { whatsapp_number: phone, status, session_id: deviceId };
    onDecided(
      record === null
        ? await api.post<AllowedNumber>(PATH, order)
        : await api.put<AllowedNumber>(`${PATH}/${record.id}/status`, { status }),
    );
    toast(t('saved'));
  });
  const withdraw = useAction(async ({ id }: AllowedNumber) => {
    await api.delete(`${PATH}/${id}`);
    onDecided(null);
    toast(t('saved'));
  });
  return (
    <>
      <FormError error={decide.error ?? withdraw.error} />
      <div class="row">
        {record?.status !== 'aktif' && (
          <Button kind="primary" busy={decide.busy} onClick={() => void decide.run('aktif')}>
            {t('allow')}
          </Button>
        )}
        {record?.status !== 'nonaktif' && (
          <Button kind="danger" busy={decide.busy} onClick={() => void decide.run('nonaktif')}>
            {t('forbid')}
          </Button>
        )}
        {record && (
          <Button kind="quiet" busy={withdraw.busy} onClick={() => void withdraw.run(record)}>
            {t('undecide')}
          </Button>
        )}
      </div>
    </>
  );
}

function agreedToErase(phone: string): Promise<boolean> {
  return confirmed({
    title: t('forbidTitle', { phone: `+${phone}` }),
    text: t('forbidText'),
    confirm: t('forbid'),
    danger: true,
  });
}

/** The record of this number; the list has no filter for it, and no installation has many. */
async function findNumber(phone: string, signal: AbortSignal): Promise<AllowedNumber | null> {
  for (let page = 1; ; page += 1) {
    const query = { page, pageSize: PAGE_SIZE };
    const { items, total } = await api.get<Page<AllowedNumber>>(PATH, { query, signal });
    const found = items.find(({ whatsapp_number }) => whatsapp_number === phone);
    if (found) return found;
    if (items.length === 0 || page * PAGE_SIZE >= total) return null;
  }
}
