// Sends the files of an export, and shows what they became. Each draft is saved as an ordinary profile.
import { Button, Field, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import { directoriesQuery } from '../api/queries';
import type { Schemas } from '../api/types';
import { DraftReport } from '../components/drafts/DraftReport';
import { useMay, useTenant } from '../components/tenant';
import { useGo } from '../ui/AppLink';
import { ProblemBar, fieldError } from '../ui/ProblemBar';
import { paths } from '../util/paths';

type Source = Schemas['DraftSource'];
type File_ = Schemas['DraftFile'];

const SOURCES: Record<Source, string> = {
  'entra-connect': 'Entra Connect',
  mim: 'MIM (server export)',
};

export function DraftImport() {
  const tenant = useTenant();
  const may = useMay();
  const go = useGo();
  const directories = useQuery(directoriesQuery(tenant)).data?.items ?? [];
  const [source, setSource] = useState<Source>('entra-connect');
  const [files, setFiles] = useState<File_[]>([]);
  const [chosen, setChosen] = useState<Record<string, string>>({});

  const draft = useAct(() =>
    read(client.POST('/v1/tenants/{tenant}/drafts', { params: { path: { tenant } }, body: { source, files, directories: chosen } })),
  );
  const save = useAct(
    (document: Schemas['Profile'], header) => read(client.POST('/v1/tenants/{tenant}/profiles', { params: { path: { tenant }, header }, body: document })),
    (profile) => go(paths.profile(tenant, profile.id)),
  );
  const connectors = draft.data?.report.connectors ?? [];
  const placed = { ...draft.data?.directories, ...chosen };
  return (
    <>
      <form
        className="card stack"
        aria-label="Export"
        onSubmit={(event) => {
          event.preventDefault();
          draft.mutate(undefined);
        }}
      >
        <div className="fields">
          <Field label="Product">
            <Select
              value={source}
              onChange={(_, data) => {
                setSource(data.value === 'mim' ? 'mim' : 'entra-connect');
                setChosen({});
                draft.reset();
              }}
            >
              {Object.entries(SOURCES).map(([name, text]) => (
                <option key={name} value={name}>
                  {text}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Files" hint="The XML files of the export, all together" required>
            <input
              type="file"
              multiple
              accept=".xml,.XML,text/xml,application/xml"
              aria-label="Files"
              onChange={(event) => {
                draft.reset();
                void texts(event.target.files).then(setFiles);
              }}
            />
          </Field>
          {connectors.map((connector) => (
            <Field key={connector.id} label={connector.name} hint={connector.kind} validationMessage={fieldError(draft.error, `/directories/${connector.id}`)}>
              <Select value={placed[connector.id] ?? ''} onChange={(_, data) => setChosen(without({ ...chosen, [connector.id]: data.value }))}>
                <option value="">Leave out</option>
                {directories.map((directory) => (
                  <option key={directory.id} value={directory.id}>
                    {directory.name}
                  </option>
                ))}
              </Select>
            </Field>
          ))}
        </div>
        <ProblemBar error={draft.error ?? save.error} />
        <div className="actions">
          <Button type="submit" appearance="primary" disabled={files.length === 0 || draft.isPending || !may('configure')}>
            {draft.isPending ? 'Reading' : 'Draft profiles'}
          </Button>
        </div>
      </form>
      {draft.data && (
        <DraftReport drafted={draft.data} disabled={save.isPending || !may('configure')} onSave={(document) => save.mutate(document)} />
      )}
    </>
  );
}

/** The texts of files, by their names. */
async function texts(list: FileList | null): Promise<File_[]> {
  return Promise.all([...(list ?? [])].map(async (file) => ({ name: file.name, text: await file.text() })));
}

function without(chosen: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(chosen).filter(([, directory]) => directory !== ''));
}
