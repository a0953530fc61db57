// A state as a word with a shape and a colour; never by colour alone.
import { Badge } from '@fluentui/react-components';

import { words } from '../util/format';

export type Tone = 'good' | 'wait' | 'bad' | 'plain';

const MARK: Record<Tone, string> = { good: '✓', wait: '◷', bad: '!', plain: '·' };

export function State({ tone, name, text }: { tone: Tone; name?: string; text?: string }) {
  return (
    <Badge appearance="outline" className={`state state-${tone}`}>
      <span aria-hidden="true">{MARK[tone]} </span>
      {text ?? words(name ?? '')}
    </Badge>
  );
}
