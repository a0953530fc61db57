// Where an approval stands.
import type { Schemas } from '../api/types';
import { State, type Tone } from '../ui/State';

const TONE: Record<Schemas['ApprovalState'], Tone> = {
  requested: 'wait',
  approved: 'good',
  spent: 'good',
  rejected: 'plain',
  withdrawn: 'bad',
  expired: 'plain',
};

export function ApprovalStateBadge({ state }: { state: Schemas['ApprovalState'] }) {
  return <State tone={TONE[state]} name={state} />;
}
