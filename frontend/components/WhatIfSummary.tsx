// A what-if at a glance: counts by operation and type, guards, and what else was found, by name.
import type { Finding, OperationCount, Schemas, WhatIf } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { State, type Tone } from '../ui/State';
import { count, duration, plural, words } from '../util/format';
import { paths } from '../util/paths';
import { Permissions } from './CloudSignIn';
import { KINDS, Kind } from './operations';
import { useNames, useTenant } from './tenant';

const TONE: Record<Schemas['WhatIfState'], Tone> = {
  computing: 'plain',
  ready: 'wait',
  approved: 'good',
  rejected: 'plain',
  stale: 'wait',
  failed: 'bad',
};

export function WhatIfStateBadge({ state }: { state: Schemas['WhatIfState'] }) {
  return <State tone={TONE[state]} name={state} />;
}

/** How many operations a filter by kind and type leaves. */
export function totalOf(counts: OperationCount[], kind: string | undefined, type: string | undefined): number {
  return counts.filter((c) => (!kind || c.kind === kind) && (!type || c.type === type)).reduce((sum, c) => sum + c.count, 0);
}

type TilesProps = { counts: OperationCount[]; kind: string | undefined; onKind: (kind: string | undefined) => void };

/** One tile a kind; pressing it filters the operations. */
export function Tiles({ counts, kind, onKind }: TilesProps) {
  const kinds = [...KINDS, ...counts.map((c) => c.kind).filter((k) => !KINDS.includes(k))];
  const shown = [...new Set(kinds)].filter((k) => KINDS.includes(k) || totalOf(counts, k, undefined) > 0);
  return (
    <div className="tiles" role="group" aria-label="Operations by kind">
      {shown.map((k) => {
        const types = counts.filter((c) => c.kind === k);
        return (
          <button key={k} type="button" className="tile" aria-pressed={kind === k} onClick={() => onKind(kind === k ? undefined : k)}>
            <Kind kind={k} /> <span className="tile-count">{count(totalOf(counts, k, undefined))}</span>{' '}
            <span className="muted">{types.map((c) => plural(c.count, c.type)).join(', ') || 'none'}</span>
          </button>
        );
      })}
    </div>
  );
}

export function Guards({ guards }: { guards: WhatIf['guards'] }) {
  const name = useNames();
  if (guards.length === 0) return null;
  return (
    <ul className="guards" aria-label="Guards">
      {guards.map((guard) => (
        <li key={`${guard.kind} ${guard.directory} ${guard.type}`}>
          <State tone={guard.tripped ? 'bad' : 'good'} text={`${words(guard.kind)}: ${guard.tripped ? 'holds' : 'clear'}`} /> {guard.type} in{' '}
          {name(guard.directory)}: <span className="muted">{guard.text}</span>
        </li>
      ))}
    </ul>
  );
}

/** How long an export will take where a directory's quotas tell. */
export function Forecasts({ forecasts }: { forecasts: WhatIf['forecasts'] }) {
  const name = useNames();
  if (forecasts.length === 0) return null;
  return (
    <ul className="guards" aria-label="Forecast">
      {forecasts.map((forecast) => (
        <li key={forecast.directory}>
          The export to {name(forecast.directory)} takes about {duration(forecast.seconds * 1000)}{' '}
          <span className="muted">for {plural(forecast.writes, 'write')}, by its quotas and its answers so far</span>
        </li>
      ))}
    </ul>
  );
}

/** What the profile may do in cloud directories; open where something is not granted. */
export function NeededPermissions({ permissions }: { permissions: WhatIf['permissions'] }) {
  const name = useNames();
  return permissions.map((one) => {
    const missing = one.permissions.filter((permission) => permission.grant === 'missing').length;
    return (
      <details key={one.directory} className="card" open={missing > 0}>
        <summary>
          Permissions in {name(one.directory)} <span className="muted">{missing > 0 ? `${count(missing)} of ${count(one.permissions.length)} missing` : count(one.permissions.length)}</span>
        </summary>
        <Permissions permissions={one.permissions} />
      </details>
    );
  });
}

const NEEDS_READING = ['ambiguous', 'conflict', 'provision-conflict', 'resting', 'error'];

export function Findings({ findings }: { findings: Finding[] }) {
  const tenant = useTenant();
  const name = useNames();
  if (findings.length === 0) return <p className="empty">Nothing but operations.</p>;
  return (
    <div className="findings">
      {findings.map((finding) => (
        <details key={`${finding.kind} ${finding.directory ?? ''}`} className={NEEDS_READING.includes(finding.kind) ? 'finding-bad' : undefined}>
          <summary>
            <span>{words(finding.kind)}</span> <span className="muted">{name(finding.directory)}</span> <strong>{count(finding.count)}</strong>
          </summary>
          <ul className="plain">
            {finding.examples.map((example, i) => (
              <li key={example.object ?? `${i} ${example.name}`}>
                {example.object ? <AppLink to={paths.object(tenant, example.object)}>{example.name}</AppLink> : example.name}{' '}
                <span className="muted">{example.text}</span>
              </li>
            ))}
            {finding.count > finding.examples.length && <li className="muted">and {count(finding.count - finding.examples.length)} more</li>}
          </ul>
        </details>
      ))}
    </div>
  );
}
