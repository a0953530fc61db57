// One answer of the server on a screen: loading, refused, or there. What was there stays while
// it is asked for again.
import { Spinner } from '@fluentui/react-components';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { ProblemBar } from './ProblemBar';

type Props<T> = { query: Pick<UseQueryResult<T>, 'data' | 'error'>; children: (data: T) => ReactNode };

export function Loaded<T>({ query, children }: Props<T>) {
  if (query.data === undefined) {
    return query.error ? <ProblemBar error={query.error} /> : <Spinner label="Loading" size="small" className="loading" />;
  }
  return (
    <>
      <ProblemBar error={query.error} />
      {children(query.data)}
    </>
  );
}
