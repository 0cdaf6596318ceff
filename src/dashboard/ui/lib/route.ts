/** Where the person is: the part behind `#`, taken apart. */
export interface Place {
  /** Begins with a slash: `/devices/anna`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The place a fragment names; an empty or foreign one is the start. */
export function parsePlace(hash: string): Place {
  const text = hash.replace(/^#/, '');
  if (!text.startsWith('/')) return { path: '/', query: {} };
  const [path = '/', search = ''] = text.split('?', 2);
  return { path: path.replace(/(.)\/+$/, '$1'), query: Object.fromEntries(new URLSearchParams(search)) };
}

/** The fragment of a place, with `#`; values of '' are left out. */
export function formatPlace(path: string, query: Readonly<Record<string, string>> = {}): string {
  const kept = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(kept).toString();
  return `#${path}${search === '' ? '' : `?${search}`}`;
}

/** The params of `path` under `pattern` (`/devices/:deviceId`), or null when it is another. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) {
      const decoded = decodePart(value);
      if (decoded === null || decoded === '') return null;
      params[part.slice(1)] = decoded;
    } else if (part !== value) return null;
  }
  return params;
}

/** The first of `routes` that takes `path`. */
export function findRoute<Route extends { readonly path: string }>(routes: readonly Route[], path: string) {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params) return { route, params };
  }
  return null;
}

function decodePart(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
