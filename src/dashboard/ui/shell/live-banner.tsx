import { Button } from '../components/button.tsx';
import { liveState, retryLive } from '../lib/live.ts';
import { t } from './texts.ts';

/** Says that the page is not live at present. The region is always there, so that what appears in it is read aloud. */
export function LiveBanner() {
  return (
    <div role="status">
      {liveState.value === 'reconnecting' && (
        <div class="live-banner">
          <span>{t('reconnecting')}</span>
          <Button onClick={retryLive}>{t('retryNow')}</Button>
        </div>
      )}
    </div>
  );
}
