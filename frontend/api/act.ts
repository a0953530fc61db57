// Changes: one hook for all of them. The idempotency key stays the same until a try succeeds or
// is refused for good, so that a retry after a lost answer does nothing twice.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';

import { ApiProblem } from './problem';

export type Created = { 'Idempotency-Key': string };

export function useAct<In, Out>(
  act: (input: In, headers: Created) => Promise<Out>,
  then?: (output: Out, input: In) => void | Promise<void>,
) {
  const queries = useQueryClient();
  const key = useRef<string>(undefined);
  return useMutation({
    mutationFn: (input: In) => {
      key.current ??= crypto.randomUUID();
      return act(input, { 'Idempotency-Key': key.current });
    },
    onError: (error) => {
      if (error instanceof ApiProblem && error.status < 500) key.current = undefined;
    },
    onSuccess: async (output, input) => {
      key.current = undefined;
      await queries.invalidateQueries();
      await then?.(output, input);
    },
  });
}
