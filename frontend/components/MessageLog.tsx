// The message log: how many there are of each code, the list, and the open one beside it. Filter and open row stand in the
// address.
import { Button } from '@fluentui/react-components';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';

import type { Message, MessageCounts } from '../api/types';
import { Grid, type GridColumn } from '../ui/Grid';
import { ProblemBar } from '../ui/ProblemBar';
import { count, plural, time } from '../util/format';
import { MessageDetail, SeverityState, useSubject } from './messages';

type Props = {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Message[] }>>;
  counts: MessageCounts | undefined;
  code: string | undefined;
  onCode: (code: string | undefined) => void;
  /** The open message; it may stand further down than what was read of the list. */
  open: Message | undefined;
  onOpen: (message: Message) => void;
};

export function MessageLog({ query, counts, code, onCode, open, onOpen }: Props) {
  const subject = useSubject();
  const { fetchNextPage, isFetchingNextPage, hasNextPage: more } = query;
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data && !more ? rows.length : counts?.total;
  return (
    <div className="operations">
      {counts && counts.codes.length > 0 && <Codes counts={counts} code={code} onCode={onCode} />}
      <ProblemBar error={query.error} />
      <p className="muted" role="status">
        {query.isPending ? 'Reading…' : plural(total ?? rows.length, 'message')}
      </p>
      <div className="split">
        <Grid
          label="Messages"
          columns={columns(subject)}
          total={total}
          rows={rows}
          more={more}
          onMore={onMore}
          id={(message) => message.id}
          active={open?.id}
          onActive={onOpen}
        />
        {/* It scrolls, so it takes the focus. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <section className="inspector" aria-label="Message" aria-live="polite" tabIndex={0}>
          {open ? <MessageDetail message={open} /> : <p className="empty">Choose a message to see what to do about it.</p>}
        </section>
      </div>
    </div>
  );
}

function columns(subject: (message: Message) => string): GridColumn<Message>[] {
  return [
    { title: 'Severity', width: '96px', cell: (m) => <SeverityState severity={m.severity} /> },
    { title: 'About', width: 'minmax(110px, 1fr)', cell: subject },
    { title: 'Code', width: 'minmax(110px, 1fr)', cell: (m) => <code>{m.code}</code> },
    { title: 'Message', width: 'minmax(160px, 3fr)', cell: (m) => m.text },
    { title: 'Times', width: '64px', cell: (m) => count(m.count) },
    { title: 'Last', width: '170px', cell: (m) => (m.open ? time(m.last_at) : `${time(m.last_at)}, over`) },
  ];
}

/** How many there are of each code: each leads to them, and the chosen one back to all. */
function Codes({ counts, code, onCode }: { counts: MessageCounts; code: string | undefined; onCode: Props['onCode'] }) {
  return (
    <ul className="chips" aria-label="By code">
      {counts.codes.map((one) => (
        <li key={one.code}>
          <Button
            size="small"
            appearance="outline"
            aria-pressed={code === one.code}
            title={one.meaning ?? undefined}
            onClick={() => onCode(code === one.code ? undefined : one.code)}
          >
            {one.code} · {count(one.count)}
          </Button>
        </li>
      ))}
    </ul>
  );
}
