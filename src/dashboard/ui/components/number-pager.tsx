import { Pager } from './pager.tsx';

interface NumberPagerProps {
  of: {
    readonly items: readonly unknown[];
    readonly total: number;
    readonly page: number;
    readonly pageSize: number;
  };
  onPage(page: number): void;
}

/** For lists that are paged by number. */
export function NumberPager({ of: { items, total, page, pageSize }, onPage }: NumberPagerProps) {
  return (
    <Pager
      shown={items.length}
      total={total}
      hasNext={page * pageSize < total}
      hasPrevious={page > 1}
      onNext={() => onPage(page + 1)}
      onPrevious={() => onPage(page - 1)}
    />
  );
}
