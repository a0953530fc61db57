// The what-if: what would be sent, read before it is approved. An approval names the plan's hash,
// so that exactly what was shown here can go.
import { Button, Spinner } from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useState } from 'react';

import { whatIfOperationsQuery, whatIfPatternsQuery, whatIfQuery } from '../api/queries';
import type { WhatIfPatterns, WhatIf as WhatIfView } from '../api/types';
import { type OperationSearch, OperationsView } from '../components/OperationsView';
import { type PatternSearch, Patterns } from '../components/Patterns';
import { useMay, useNames, useTenant } from '../components/tenant';
import { Findings, Forecasts, Guards, NeededPermissions, Tiles, WhatIfStateBadge, totalOf } from '../components/WhatIfSummary';
import { ApprovePlan } from '../forms/ApprovePlan';
import { RejectPlan } from '../forms/RejectPlan';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { plural, short, time } from '../util/format';
import { paths } from '../util/paths';

const route = getRouteApi('/t/$tenant/what-ifs/$whatIf');

export function WhatIf() {
  const tenant = useTenant();
  const { whatIf } = route.useParams();
  const query = useQuery(whatIfQuery(tenant, whatIf));
  return <Loaded query={query}>{(data) => <Report whatIf={data} />}</Loaded>;
}

function Report({ whatIf }: { whatIf: WhatIfView }) {
  const tenant = useTenant();
  const name = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const total = totalOf(whatIf.counts, undefined, undefined);
  const patterns = useQuery(whatIfPatternsQuery(tenant, whatIf.id, whatIf.state !== 'computing' && whatIf.state !== 'failed'));
  const onSearch = useCallback(
    (change: Partial<PlanSearch>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  return (
    <Screen
      fill
      title={`${whatIf.undo_of ? 'Undo of an export' : 'What-if'}: ${name(whatIf.profile)}`}
      about={
        <>
          <WhatIfStateBadge state={whatIf.state} /> computed {time(whatIf.ready_at ?? whatIf.created_at)} ·{' '}
          <AppLink to={paths.profile(tenant, whatIf.profile)}>version {whatIf.version}</AppLink>
          {whatIf.plan_hash && <> · plan {short(whatIf.plan_hash)}</>}
        </>
      }
      actions={<Decision whatIf={whatIf} total={total} />}
    >
      <Notice whatIf={whatIf} />
      {whatIf.state === 'computing' ? (
        <Spinner label="Computing what would change" className="loading" />
      ) : (
        <>
          <Tiles counts={whatIf.counts} kind={search.kind} onKind={(kind) => onSearch({ kind, open: undefined })} />
          <Guards guards={whatIf.guards} />
          <Forecasts forecasts={whatIf.forecasts} />
          <NeededPermissions permissions={whatIf.permissions} />
          <div className="whatif">
            {/* It scrolls, so it takes the focus. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <div className="stack whatif-side" role="group" aria-label="Patterns and findings" tabIndex={0}>
              {whatIf.state !== 'failed' && (
                <section className="card stack" aria-labelledby="patterns">
                  <h2 id="patterns">What changes</h2>
                  <Loaded query={patterns}>
                    {(known) => <Patterns known={known} search={search} onSearch={(change) => onSearch({ ...change, open: undefined })} />}
                  </Loaded>
                </section>
              )}
              <section className="card stack" aria-labelledby="findings">
                <h2 id="findings">Besides operations</h2>
                <Findings findings={whatIf.findings} />
              </section>
            </div>
            <Operations whatIf={whatIf} patterns={patterns.data} search={search} onSearch={onSearch} />
          </div>
        </>
      )}
    </Screen>
  );
}

function Notice({ whatIf }: { whatIf: WhatIfView }) {
  const tenant = useTenant();
  if (whatIf.undo_of && whatIf.state !== 'failed') {
    return (
      <div className="notice">
        What would undo <AppLink to={paths.run(tenant, whatIf.undo_of)}>an export</AppLink>, to be read: nothing of it is sent. What is not undone stands below “Besides
        operations”. As long as the rules want what that export sent, the next sync stages it again: correct the source or the profile, and approve that what-if.
      </div>
    );
  }
  switch (whatIf.state) {
    case 'stale':
      return <div className="notice">The configuration changed since. Nothing of this plan is sent; compute a new what-if.</div>;
    case 'failed':
      return <div className="notice">It could not be computed. {whatIf.reason}</div>;
    case 'rejected':
      return <div className="notice">Rejected: nothing of it is sent.</div>;
    case 'ready':
      return whatIf.counts.length === 0 ? <div className="notice">No changes: the target already agrees.</div> : null;
    case 'computing':
    case 'approved':
      return null;
  }
}

type PlanSearch = OperationSearch & PatternSearch;
type OperationsProps = {
  whatIf: WhatIfView;
  patterns: WhatIfPatterns | undefined;
  search: PlanSearch;
  onSearch: (change: Partial<PlanSearch>) => void;
};

/** How many operations a search leaves, where that is known without reading them. */
function countedOf(whatIf: WhatIfView, patterns: WhatIfPatterns | undefined, search: PlanSearch): number | undefined {
  if (search.attribute || search.text) return undefined;
  if (!search.pattern && !search.new) return totalOf(whatIf.counts, search.kind, search.type);
  if (search.kind || search.type) return undefined;
  const pattern = patterns?.patterns.find((one) => one.id === search.pattern);
  if (search.pattern) return search.new ? pattern?.new_since_approval : pattern?.count;
  return patterns?.since_approval?.new;
}

function Operations({ whatIf, patterns, search, onSearch }: OperationsProps) {
  const tenant = useTenant();
  const { open, ...filter } = search;
  const query = useInfiniteQuery(whatIfOperationsQuery(tenant, whatIf.id, filter, whatIf.state !== 'failed'));
  return (
    <OperationsView
      search={search}
      onSearch={onSearch}
      types={[...new Set(whatIf.counts.map((c) => c.type))]}
      counted={countedOf(whatIf, patterns, search)}
      query={query}
    />
  );
}

function Decision({ whatIf, total }: { whatIf: WhatIfView; total: number }) {
  const may = useMay();
  const [asking, setAsking] = useState<'approve' | 'reject'>();
  if (whatIf.state !== 'ready' || !whatIf.plan_hash || whatIf.undo_of) return null;
  return (
    <>
      <Button disabled={!may('approve')} onClick={() => setAsking('reject')}>
        Reject
      </Button>
      <Button appearance="primary" disabled={!may('approve')} onClick={() => setAsking('approve')}>
        Approve {plural(total, 'change')}
      </Button>
      {asking === 'approve' && (
        <ApprovePlan whatIf={whatIf} planHash={whatIf.plan_hash} total={total} onClose={() => setAsking(undefined)} />
      )}
      {asking === 'reject' && <RejectPlan whatIf={whatIf} onClose={() => setAsking(undefined)} />}
    </>
  );
}
