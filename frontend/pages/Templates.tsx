// The gallery of templates, filtered by what they read, what they write and what they are for.
import { Field, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { templatesQuery } from '../api/queries';
import { PURPOSES, TemplateCards, filtered, kindsOf } from '../components/templates/TemplateCards';
import { useTenant } from '../components/tenant';
import { AppLink } from '../ui/AppLink';
import { Loaded } from '../ui/Loaded';
import { Screen } from '../ui/Screen';
import { KINDS } from '../util/kinds';
import { paths } from '../util/paths';

const route = getRouteApi('/t/$tenant/templates');

export function Templates() {
  const tenant = useTenant();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const templates = useQuery(templatesQuery(tenant));
  const set = (change: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Screen
      title="Templates"
      about="A template makes an ordinary profile, which you change as you like. It changes nothing until a plan of it is approved."
      actions={
        <AppLink to={paths.newProfile(tenant)} className="button">
          Start without a template
        </AppLink>
      }
    >
      <Loaded query={templates}>
        {({ items }) => {
          const kinds = (side: 'source' | 'target') => Object.fromEntries(items.flatMap((t) => kindsOf(t, side)).map((kind) => [kind, KINDS[kind]]));
          return (
            <>
              <div className="filters" role="search">
                <Filter label="From" value={search.source} options={kinds('source')} onChange={(source) => set({ source })} />
                <Filter label="To" value={search.target} options={kinds('target')} onChange={(target) => set({ target })} />
                <Filter label="Purpose" value={search.purpose} options={PURPOSES} onChange={(purpose) => set({ purpose })} />
              </div>
              <TemplateCards tenant={tenant} templates={filtered(items, search)} />
            </>
          );
        }}
      </Loaded>
    </Screen>
  );
}

type FilterProps = { label: string; value: string | undefined; options: Record<string, string>; onChange: (value: string | undefined) => void };

function Filter({ label, value, options, onChange }: FilterProps) {
  return (
    <Field label={label}>
      <Select value={value ?? ''} onChange={(_, data) => onChange(data.value || undefined)}>
        <option value="">Any</option>
        {Object.entries(options).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </Select>
    </Field>
  );
}
