// What a profile may send.
import type { Schemas } from '../api/types';
import { State } from '../ui/State';

export function ReviewBadge({ state }: { state: Schemas['ReviewState'] }) {
  switch (state) {
    case 'needs-review':
      return <State tone="wait" text="Needs review" />;
    case 'approved-plan':
      return <State tone="good" text="Approved" />;
    case 'live':
      return <State tone="good" text="Live" />;
  }
}
