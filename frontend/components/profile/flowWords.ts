// What a flow says besides its rule, in words: when a value is sent, and what a source keeps or shares.
import type { Flow } from '../../api/types';

type Mode = NonNullable<Flow['mode']>;

/** The modes of an outbound flow: as a choice, and as a word of a table. */
export const flowModes = [
  ['enforce', { choice: 'Always kept so', word: 'Always' }],
  ['on-change', { choice: 'When our value changes', word: 'When changed' }],
  ['if-empty', { choice: 'Only where there is none', word: 'If empty' }],
  ['initial', { choice: 'Only when created', word: 'When created' }],
] as const satisfies readonly (readonly [Mode, { choice: string; word: string }])[];

/** When an outbound flow is sent. */
export function modeWord(flow: Flow): string {
  const known = flowModes.find(([mode]) => mode === (flow.mode ?? 'enforce'));
  return known ? known[1].word : (flow.mode ?? '');
}

/** What becomes of an inbound flow's value beside others' and after its source. */
export function inwardWords(flow: Flow): string {
  return [flow.merge && 'United with others', flow.retain && 'Kept when the source goes'].filter(Boolean).join(', ');
}
