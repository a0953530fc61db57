// All messages, filtered in the address.
import { Checkbox, Field, Select } from '@fluentui/react-components';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { directoriesQuery, messagesQuery, profilesQuery } from '../api/queries';
import { MessageTable } from '../components/MessageTable';
import { Choice, Typed } from '../components/OperationsView';
import { useTenant } from '../components/tenant';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Screen } from '../ui/Screen';

const route = getRouteApi('/t/$tenant/messages');

export function Messages() {
  const tenant = useTenant();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { closed, ...filter } = search;
  const messages = useInfiniteQuery(messagesQuery(tenant, { ...filter, open: closed ? undefined : true }));
  const directories = useQuery(directoriesQuery(tenant));
  const profiles = useQuery(profilesQuery(tenant));
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Screen title="Messages">
      <div className="filters">
        <Choice
          label="Severity"
          value={search.severity}
          options={['info', 'warning', 'error']}
          onChange={(value) => set({ severity: value as typeof search.severity })}
        />
        <Typed label="Code" value={search.code} onChange={(code) => set({ code })} />
        <Named label="Directory" value={search.directory} options={directories.data?.items ?? []} onChange={(directory) => set({ directory })} />
        <Named label="Profile" value={search.profile} options={profiles.data?.items ?? []} onChange={(profile) => set({ profile })} />
        <Checkbox
          label="Also those that no longer hold"
          checked={closed === true}
          onChange={(_, data) => set({ closed: data.checked === true || undefined })}
        />
      </div>
      <Loaded query={messages}>
        {(data) => <MessageTable tenant={tenant} messages={data.pages.flatMap((page) => page.items)} />}
      </Loaded>
      <More query={messages} />
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
