import { expect, test } from 'vitest';

import type { Flow } from '../api/types';
import { flowModes, inwardWords, modeWord } from '../components/profile/flowWords';

const flow = (more: Partial<Flow>): Flow => ({ to: 'mail', ...more });

test('every mode has words of its own, and a flow without one is always kept so', () => {
  const said = flowModes.map(([mode]) => modeWord(flow({ mode })));

  expect(new Set(said).size).toBe(4);
  expect(modeWord(flow({}))).toBe('Always');
});

test('what an inbound flow shares or keeps is told', () => {
  expect(inwardWords(flow({}))).toBe('');
  expect(inwardWords(flow({ merge: true, retain: true }))).toBe('United with others, Kept when the source goes');
});
