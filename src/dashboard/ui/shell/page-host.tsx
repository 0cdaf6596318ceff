import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { LinkButton } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Page } from '../components/page.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { type ApiError, toApiError } from '../lib/api-error.ts';
import { href, place } from '../lib/place.ts';
import { findRoute } from '../lib/route.ts';
import { may } from '../lib/session.ts';
import type { PageProps } from '../pages/page-props.ts';
import { PAGES, type PageEntry } from '../pages/registry.ts';
import { visibleAreas } from './menu.tsx';
import { t } from './texts.ts';

/** Draws the page of the address, once its code is there. */
export function PageHost({ sandbox }: { sandbox: boolean }) {
  const { path, query } = place.value;
  const [first] = visibleAreas(sandbox);
  const wanted = path === '/' || path === '/setup' ? `/${first ?? ''}` : path;
  const found = findRoute(PAGES, wanted);
  if (first === undefined) {
    return <EmptyState icon="alert" title={t('nothingToSee')} />;
  }
  if (!found || !may(found.route.scope) || (found.route.area === 'sandbox' && !sandbox)) return <NotFound />;
  // A page begins anew for another device, and stays for another filter.
  return <LoadedPage key={wanted} entry={found.route} params={found.params} query={query} />;
}

function LoadedPage({ entry, params, query }: PageProps & { entry: PageEntry }) {
  const [loaded, setLoaded] = useState<{ view: ComponentType<PageProps> } | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const load = () => {
    setError(null);
    entry.load().then(
      (view) => setLoaded({ view }),
      (thrown: unknown) => setError(toApiError(thrown)),
    );
  };
  useEffect(load, [entry]);
  if (error) return <ErrorState error={error} onRetry={() => location.reload()} />;
  if (!loaded) return <Skeleton />;
  return <loaded.view params={params} query={query} />;
}

function NotFound() {
  return (
    <Page title={t('notFound')}>
      <EmptyState
        icon="search"
        title={t('notFound')}
        action={<LinkButton href={href('/')}>{t('toStart')}</LinkButton>}
      >
        {t('notFoundText')}
      </EmptyState>
    </Page>
  );
}
