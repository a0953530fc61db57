import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test, vi } from 'vitest';

import { useAct } from '../api/act';
import { ApiProblem } from '../api/problem';
import { refusal } from './recorded';

const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
);

test('a try after a lost answer sends the same idempotency key, one after a refusal a new one', async () => {
  const keys: string[] = [];
  const answers = [new TypeError('connection lost'), new ApiProblem(refusal), undefined];
  const send = vi.fn((_: void, header: { 'Idempotency-Key': string }) => {
    keys.push(header['Idempotency-Key']);
    const answer = answers.shift();
    return answer ? Promise.reject(answer) : Promise.resolve('done');
  });
  const { result } = renderHook(() => useAct(send), { wrapper });

  for (let i = 0; i < 3; i += 1) {
    await act(() => result.current.mutateAsync().catch(() => undefined));
  }

  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[1]);
});
