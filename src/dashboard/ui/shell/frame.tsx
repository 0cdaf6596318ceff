import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SignedIn } from '../api/session-types.ts';
import { IconButton } from '../components/icon-button.tsx';
import { href, place } from '../lib/place.ts';
import { DeviceSummary } from './device-summary.tsx';
import { LiveBanner } from './live-banner.tsx';
import { Menu } from './menu.tsx';
import { PageHost } from './page-host.tsx';
import { t } from './texts.ts';
import { UserMenu } from './user-menu.tsx';
import './frame.css';

/** Header, menu and the page: what somebody who is signed in sees. */
export function Frame({ session }: { session: SignedIn }) {
  const open = useSignal(false);
  const main = useRef<HTMLElement>(null);
  const { path } = place.value;
  useEffect(() => {
    open.value = false;
  }, [path]);
  const skip = (event: Event) => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <div class="frame">
      {/* biome-ignore lint/a11y/useValidAnchor: the fragment names the page, so the focus moves by hand */}
      <a class="skip" href="#main" onClick={skip}>
        {t('skip')}
      </a>
      <header class="top">
        <span class="top-menu">
          <IconButton
            icon={open.value ? 'close' : 'menu'}
            label={t(open.value ? 'closeMenu' : 'openMenu')}
            aria-expanded={open.value}
            aria-controls="menu"
            onClick={() => {
              open.value = !open.value;
            }}
          />
        </span>
        <a class="brand" href={href('/')}>
          wafleet
        </a>
        <DeviceSummary />
        <UserMenu session={session} />
      </header>
      <Menu open={open.value} sandbox={session.sandbox} />
      <main class="main" id="main" tabIndex={-1} ref={main}>
        <LiveBanner />
        <PageHost sandbox={session.sandbox} />
      </main>
    </div>
  );
}
