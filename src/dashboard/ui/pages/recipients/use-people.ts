import { useState } from 'preact/hooks';
import type { NumberedPage, SavedRecipient } from '../../api/recipient-types.ts';
import { api } from '../../lib/session.ts';
import { useResource } from '../../lib/use-resource.ts';

/** People of an address of the API, searched and page by page. */
export function usePeople(path: string, pageSize = 50) {
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const q = text.trim();
  const people = useResource(
    (signal) => api.get<NumberedPage<SavedRecipient>>(path, { query: { q, page, pageSize }, signal }),
    [path, q, page],
  );
  const search = (next: string) => {
    setText(next);
    setPage(1);
  };
  return { people, text, search, setPage, isFiltered: q !== '' };
}
