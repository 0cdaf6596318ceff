import type { Access } from '../http/access.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Alert, AlertStatus } from './alert.ts';
import type { AlertRepository } from './alert-repository.ts';
import { progressOf, toAlertView, toItemView } from './alert-view.ts';

interface AlertServiceDeps {
  readonly alerts: AlertRepository;
  readonly log: Logger;
}

/** Which alerts to list, and for whom. */
export interface AlertListing {
  readonly access: Pick<Access, 'deviceIds'>;
  readonly status?: AlertStatus | undefined;
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

type Viewer = Pick<Access, 'mayUse'>;

export type AlertService = ReturnType<typeof createAlertService>;

/** What became of alerts. One of a device the caller may not use is ALERT_NOT_FOUND. */
export function createAlertService({ alerts, log }: AlertServiceDeps) {
  async function get(id: string, { mayUse }: Viewer): Promise<Alert> {
    const found = await alerts.find(id);
    if (!found || !mayUse(found.alert.deviceId)) throw new AppError('ALERT_NOT_FOUND', { alertId: id });
    return found.alert;
  }

  async function view(id: string, viewer: Viewer) {
    const alert = await get(id, viewer);
    const items = await alerts.items(id);
    const progress = progressOf(items.map(({ status }) => ({ status, count: 1 })));
    return { ...toAlertView(alert, progress), items: items.map(toItemView) };
  }

  return {
    view,

    /** Newest first. */
    async list({ access, status, pageSize, cursor }: AlertListing) {
      const filter = { deviceIds: access.deviceIds, status };
      const [found, total] = await Promise.all([
        alerts.page({ ...filter, limit: pageSize + 1, before: cursor }),
        alerts.count(filter),
      ]);
      const shown = found.slice(0, pageSize);
      const counts = await alerts.progress(shown.map(({ id }) => id));
      return {
        items: shown.map((alert) =>
          toAlertView(alert, progressOf(counts.filter(({ alertId }) => alertId === alert.id))),
        ),
        total,
        pageSize,
        nextCursor: found.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
      };
    },

    /** Idempotent: the first one counts. `by`: who did, for people. */
    async acknowledge(id: string, by: string, viewer: Viewer) {
      await get(id, viewer);
      if (await alerts.acknowledge(id, by)) log.info({ alertId: id }, 'alert acknowledged');
      return view(id, viewer);
    },
  };
}
