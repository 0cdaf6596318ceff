import { Icon, type IconName } from '../components/icon.tsx';
import { href, place } from '../lib/place.ts';
import { may } from '../lib/session.ts';
import { AREAS, type Area, PAGES } from '../pages/registry.ts';
import { t } from './texts.ts';

const ICONS: Record<Area, IconName> = {
  devices: 'phone',
  send: 'send',
  jobs: 'list',
  schedules: 'clock',
  recipients: 'user',
  chats: 'chat',
  reports: 'chart',
  alerts: 'alert',
  webhooks: 'link',
  people: 'key',
  system: 'gear',
  sandbox: 'flask',
};

/** The areas that exist and that the person may see, in the order of the menu. */
export function visibleAreas(sandbox: boolean): Area[] {
  return AREAS.filter((area) => {
    const page = PAGES.find(({ path }) => path === `/${area}`);
    return page !== undefined && may(page.scope) && (area !== 'sandbox' || sandbox);
  });
}

export function Menu({ open, sandbox }: { open: boolean; sandbox: boolean }) {
  const { path } = place.value;
  return (
    <nav id="menu" class={`menu ${open ? 'menu-open' : ''}`} aria-label={t('navigation')}>
      <ul>
        {visibleAreas(sandbox).map((area, index) => {
          // Without a path one is at the first of them.
          const here = (path === '/' && index === 0) || path === `/${area}` || path.startsWith(`/${area}/`);
          return (
            <li key={area}>
              <a href={href(`/${area}`)} aria-current={here ? 'page' : undefined}>
                <Icon name={ICONS[area]} />
                {t(`nav.${area}`)}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
