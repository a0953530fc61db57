// Where a job or profile stands, as a word with a shape.
import { State, type Tone } from '../../ui/State';
import type { State as Standing } from './tree';

const STATES: Record<Standing, { tone: Tone; text: string }> = {
  running: { tone: 'good', text: 'Running' },
  waiting: { tone: 'wait', text: 'Waiting' },
  blocked: { tone: 'bad', text: 'Needs you' },
  idle: { tone: 'plain', text: 'Idle' },
};

export const STATE_NAMES = Object.keys(STATES) as Standing[];

export function StateBadge({ state }: { state: Standing }) {
  return <State {...STATES[state]} />;
}
