// The message log, filtered in the address.
import { Button, Checkbox, Field, Select } from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { directoriesQuery, messageCountsQuery, messageQuery, messagesQuery, profilesQuery } from '../api/queries';
import { MessageLog } from '../components/MessageLog';
import { Choice } from '../components/OperationsView';
import { useTenant } from '../components/tenant';
import { Screen } from '../ui/Screen';

const route = getRouteApi('/t/$tenant/messages');

const SEVERITIES = ['info', 'warning', 'error'];
const CLASSES = ['transient', 'data', 'config', 'permission', 'guard', 'conflict', 'engine'];

export function Messages() {
  const tenant = useTenant();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { closed, open, code, ...rest } = search;
  const about = { ...rest, open: closed ? undefined : true };
  const messages = useInfiniteQuery(messagesQuery(tenant, { ...about, code }));
  const counts = useQuery(messageCountsQuery(tenant, about));
  const listed = messages.data?.pages.flatMap((page) => page.items).find((message) => message.id === open);
  const elsewhere = useQuery({ ...messageQuery(tenant, open ?? ''), enabled: open !== undefined && messages.isSuccess && !listed });
  const directories = useQuery(directoriesQuery(tenant));
  const profiles = useQuery(profilesQuery(tenant));
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const filter = (change: Partial<typeof search>) => set({ ...change, open: undefined });
  const total = counts.data && code ? { ...counts.data, total: counts.data.codes.find((one) => one.code === code)?.count ?? 0 } : counts.data;
  return (
    <Screen title="Messages">
      <div className="filters">
        <Choice
          label="Severity"
          value={search.severity}
          options={SEVERITIES}
          onChange={(value) => filter({ severity: value as typeof search.severity })}
        />
        <Choice label="Who must act" value={search.class} options={CLASSES} onChange={(value) => filter({ class: value as typeof search.class })} />
        <Named label="Directory" value={search.directory} options={directories.data?.items ?? []} onChange={(directory) => filter({ directory })} />
        <Named label="Profile" value={search.profile} options={profiles.data?.items ?? []} onChange={(profile) => filter({ profile })} />
        <Checkbox
          label="Also those that no longer hold"
          checked={closed === true}
          onChange={(_, data) => filter({ closed: data.checked === true || undefined })}
        />
        {search.object && (
          <Button size="small" onClick={() => filter({ object: undefined })}>
            Of one object: show all
          </Button>
        )}
        {search.run && (
          <Button size="small" onClick={() => filter({ run: undefined })}>
            Of one run: show all
          </Button>
        )}
      </div>
      <MessageLog
        query={messages}
        counts={total}
        code={code}
        onCode={(next) => filter({ code: next })}
        open={open === undefined ? undefined : (listed ?? elsewhere.data)}
        onOpen={(message) => set({ open: message.id })}
      />
    </Screen>
  );
}

type NamedProps = {
  label: string;
  value: string | undefined;
  options: { id: string; name: string }[];
  onChange: (value: string | undefined) => void;
};

export function Named({ label, value, options, onChange }: NamedProps) {
  return (
    <Field label={label} size="small">
      <Select size="small" value={value ?? ''} onChange={(_, data) => onChange(data.value || undefined)}>
        <option value="">All</option>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
