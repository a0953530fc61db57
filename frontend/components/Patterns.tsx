// What a plan amounts to: one sentence for operations that have the same in common, with how many they are. Pressing a
// sentence shows its operations.
import { Button } from '@fluentui/react-components';

import type { ChangePattern, WhatIfPatterns } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { State } from '../ui/State';
import { count, plural, time } from '../util/format';
import { paths } from '../util/paths';
import { Kind } from './operations';
import { useNames, useTenant } from './tenant';

/** Which operations of a plan somebody wants to read. */
export type PatternSearch = { pattern?: string; new?: boolean };

type Props = { known: WhatIfPatterns; search: PatternSearch; onSearch: (change: PatternSearch) => void };

export function Patterns({ known, search, onSearch }: Props) {
  if (!known.known) return <p className="empty">This what-if was computed by an earlier release. Compute a new one to read it by patterns.</p>;
  const shown = search.new ? known.patterns.filter((pattern) => pattern.new_since_approval > 0) : known.patterns;
  return (
    <>
      {known.since_approval && <Since since={known.since_approval} search={search} onSearch={onSearch} />}
      {shown.length === 0 && <p className="empty">{search.new ? 'Nothing is new.' : 'No operations.'}</p>}
      <ul className="patterns" aria-label="Patterns">
        {shown.map((pattern) => (
          <li key={pattern.id}>
            <Sentence
              pattern={pattern}
              compared={known.since_approval !== undefined && known.since_approval !== null}
              chosen={search.pattern === pattern.id}
              onPress={() => onSearch({ pattern: search.pattern === pattern.id ? undefined : pattern.id })}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

type SentenceProps = { pattern: ChangePattern; compared: boolean; chosen: boolean; onPress: () => void };

function Sentence({ pattern, compared, chosen, onPress }: SentenceProps) {
  const tenant = useTenant();
  const name = useNames();
  return (
    <>
      <button type="button" className="pattern" aria-pressed={chosen} onClick={onPress}>
        <Kind kind={pattern.kind} /> <span className="muted">in {name(pattern.directory)}</span>
        <span className="block break">{pattern.sentence}</span>
      </button>
      <div className="pattern-marks">
        {pattern.loses_values && <State tone="bad" text="Values go" />}
        {pattern.blocked && <State tone="wait" text="Not sent now" />}
        {compared && pattern.new_since_approval > 0 && (
          <State tone="wait" text={pattern.approved === 0 ? 'New pattern' : `${count(pattern.new_since_approval)} new`} />
        )}
      </div>
      <details>
        <summary>{plural(pattern.samples.length, 'sample')}</summary>
        <ul className="plain">
          {pattern.samples.map((sample) => (
            <li key={sample.hash} className="break">
              <AppLink to={paths.object(tenant, sample.object)}>{sample.name}</AppLink> <span className="muted">{sample.text}</span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

type SinceProps = { since: NonNullable<WhatIfPatterns['since_approval']>; search: PatternSearch; onSearch: (change: PatternSearch) => void };

/** How the plan differs from the one that a person approved last. */
function Since({ since, search, onSearch }: SinceProps) {
  const tenant = useTenant();
  return (
    <div className="stack" role="group" aria-label="Since the last approval">
      <p>
        <AppLink to={paths.approval(tenant, since.approval)}>Approved {time(since.decided_at)}</AppLink>: {plural(since.approved, 'operation')}, {count(since.sent)} sent.
        Since then {count(since.new)} new, {count(since.gone)} gone.
      </p>
      {since.new > 0 && (
        <div>
          <Button size="small" aria-pressed={search.new === true} onClick={() => onSearch({ new: search.new ? undefined : true })}>
            Only what is new
          </Button>
        </div>
      )}
      {since.gone_patterns.length > 0 && (
        <details>
          <summary>What is gone</summary>
          <ul className="plain">
            {since.gone_patterns.map((pattern) => (
              <li key={pattern.id}>
                {count(pattern.count)} of: {pattern.sentence}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
