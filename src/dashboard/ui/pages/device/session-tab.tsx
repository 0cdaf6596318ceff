import type { DeviceDetails } from '../../api/device-detail-types.ts';
import { may } from '../../lib/session.ts';
import { ExportCard, ImportCard } from './backup-cards.tsx';
import { DangerCard } from './danger-card.tsx';

/** The session as a file, and what cannot be undone. */
export function SessionTab({ device }: { device: DeviceDetails }) {
  return (
    <>
      {may('device:manage') && (
        <div class="columns device-pacing">
          <ExportCard device={device} />
          <ImportCard device={device} />
        </div>
      )}
      <DangerCard device={device} />
    </>
  );
}
