// What a new profile starts from: which directories, which objects, where new ones are made and
// how existing ones are found.
import { Button, Checkbox, Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { directoriesQuery, schemaQuery } from '../api/queries';
import type { Directory, Schemas } from '../api/types';
import { useMay, useNames, useTenant } from '../components/tenant';
import { useGo } from '../ui/AppLink';
import { ProblemBar } from '../ui/ProblemBar';
import { words } from '../util/format';
import { paths } from '../util/paths';
import { type ObjectType, TYPES, profileOf } from '../util/template';

const listed = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

/** What the first profile can read from: HR files and Entra ID name people otherwise. */
const isLdap = (kind: Directory['kind']) => kind === 'active-directory' || kind === 'openldap';

export function NewProfileForm() {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const directories = useQuery(directoriesQuery(tenant)).data?.items ?? [];
  const [name, setName] = useState('');
  const [source, setSource] = useState('');
  const [target, setTarget] = useState('');
  const [types, setTypes] = useState<ObjectType[]>([...TYPES]);
  const [container, setContainer] = useState<string>();
  const [matchOn, setMatchOn] = useState('employeeID, mail');
  const [suffix, setSuffix] = useState<string>();
  const known = useKnown(tenant, directories, source, target);

  const chosen = directories.find((directory) => directory.id === target);
  const isEntra = chosen?.kind === 'entra-id';
  const place = isEntra ? '' : (container ?? chosen?.identity?.naming_context ?? '');
  const domain = (suffix ?? (isEntra ? '' : chosen?.identity?.dns_name) ?? '').trim();
  const offered = TYPES.filter((type) => !isEntra || type !== 'contact');
  const create = useAct(
    (_: void, header) =>
      read(
        client.POST('/v1/tenants/{tenant}/profiles', {
          params: { path: { tenant }, header },
          body: profileOf({ name: name.trim(), source, target, types, container: place, matchOn: listed(matchOn), suffix: domain, known, isEntra }),
        }),
      ),
    (profile) => go(paths.profile(tenant, profile.id)),
  );
  const isPlaced = isEntra ? domain !== '' : place !== '';
  const complete = name.trim() !== '' && source !== '' && target !== '' && source !== target && types.length > 0 && isPlaced;
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <div className="fields">
        <Field label="Name" required>
          <Input value={name} onChange={(_, data) => setName(data.value)} maxLength={100} autoComplete="off" />
        </Field>
        <DirectoryField label="Source directory" value={source} directories={directories.filter((one) => isLdap(one.kind))} onChange={setSource} />
        <DirectoryField
          label="Target directory"
          value={target}
          directories={directories.filter((one) => isLdap(one.kind) || one.kind === 'entra-id')}
          onChange={setTarget}
          problem={source !== '' && source === target ? 'Choose another directory than the source.' : undefined}
        />
      </div>
      <fieldset className="plain-set">
        <legend>Objects</legend>
        {offered.map((type) => (
          <Checkbox
            key={type}
            label={`${words(type)}s`}
            checked={types.includes(type)}
            onChange={(_, data) => setTypes(TYPES.filter((t) => (t === type ? data.checked === true : types.includes(t))))}
          />
        ))}
      </fieldset>
      <div className="fields">
        {!isEntra && (
          <Field label="Container for new objects" hint="A distinguished name in the target; who is matched moves there too" required>
            <Input value={place} onChange={(_, data) => setContainer(data.value)} />
          </Field>
        )}
        <Field label="Match people by" hint="Attributes in order, with commas between">
          <Input value={matchOn} onChange={(_, data) => setMatchOn(data.value)} />
        </Field>
        <Field
          label="User principal name suffix"
          hint={isEntra ? 'A domain that the directory tenant has verified' : 'Empty leaves the attribute alone'}
          required={isEntra}
        >
          <Input value={domain} onChange={(_, data) => setSuffix(data.value)} />
        </Field>
      </div>
      <ProblemBar error={create.error} />
      <div className="actions">
        <Button type="submit" appearance="primary" disabled={!complete || create.isPending || !may('configure')}>
          Create profile
        </Button>
      </div>
    </form>
  );
}

type FieldProps = { label: string; value: string; directories: Directory[]; onChange: (id: string) => void; problem?: string };

function DirectoryField({ label, value, directories, onChange, problem }: FieldProps) {
  const name = useNames();
  const chosen = directories.find((directory) => directory.id === value);
  return (
    <Field label={label} required hint={chosen?.cloud?.simulated ? chosen.cloud.label : undefined} validationMessage={problem}>
      <Select value={value} onChange={(_, data) => onChange(data.value)}>
        <option value="">Choose…</option>
        {directories.map((directory) => (
          <option key={directory.id} value={directory.id}>
            {name(directory.id)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** Attribute names by directory and type, as far as the schemas are known. */
function useKnown(tenant: string, directories: Directory[], source: string, target: string) {
  const isKnown = (id: string) => directories.some((directory) => directory.id === id && directory.schema_known);
  const schemas: Record<string, Schemas['SchemaView'] | undefined> = {
    [source]: useQuery({ ...schemaQuery(tenant, source), enabled: isKnown(source) }).data,
    [target]: useQuery({ ...schemaQuery(tenant, target), enabled: isKnown(target) }).data,
  };
  return (directory: string, type: ObjectType) =>
    schemas[directory]?.types.find((t) => t.name === type)?.attributes.map((attribute) => attribute.name);
}
