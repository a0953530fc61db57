// What the editors of one place of a profile may ask. A question without an answer is none: the editor goes on with what it
// knows, and the next word asks again.
import { useMemo } from 'react';

import { client, read } from '../../api/client';
import type { Ask } from '../../ui/editor/language';
import { useTenant } from '../tenant';
import { type PartPlace, readsOf } from './draft';

export function useLanguage(profile: string, place: PartPlace | undefined, side: string | undefined, named: Record<string, string>): Ask | undefined {
  const tenant = useTenant();
  const reads = place && readsOf(place, side);
  const target = place?.direction === 'outbound' && reads === 'metaverse';
  const { directory, type, metaverse_type } = place?.part ?? {};
  // Names only, as one text: who changes a value asks the same.
  const parameters = Object.keys(named).join('\n');
  return useMemo(() => {
    if (!reads || !directory || !type || !metaverse_type) return undefined;
    const path = { tenant, profile };
    return async (question, signal) => {
      const body = { ...question, directory, type, metaverse_type, reads, target, parameters: parameters.split('\n').filter(Boolean) };
      try {
        return await read(client.POST('/v1/tenants/{tenant}/profiles/{profile}/ask', { params: { path }, body, signal }));
      } catch {
        return undefined;
      }
    };
  }, [tenant, profile, reads, target, directory, type, metaverse_type, parameters]);
}
