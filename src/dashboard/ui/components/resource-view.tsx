import type { ComponentChildren } from 'preact';
import type { Resource } from '../lib/use-resource.ts';
import { ErrorState, FormError } from './error-state.tsx';
import { Skeleton } from './skeleton.tsx';

interface ResourceViewProps<Data> {
  of: Resource<Data>;
  /** Instead of grey lines while nothing is there yet. */
  loading?: ComponentChildren;
  children: (data: Data) => ComponentChildren;
}

/** Draws a resource in the state it is in: grey lines, what failed with another try, or the data. */
export function ResourceView<Data>({ of, loading, children }: ResourceViewProps<Data>) {
  const { data, error, reload } = of;
  if (data === null) {
    if (error) return <ErrorState error={error} onRetry={reload} />;
    return <>{loading ?? <Skeleton />}</>;
  }
  return (
    <>
      <FormError error={error} />
      {children(data)}
    </>
  );
}
