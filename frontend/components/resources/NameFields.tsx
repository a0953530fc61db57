// What a table or named expression is called and what it is for.
import { Field, Input } from '@fluentui/react-components';

import type { Diagnostic, RuleResource } from '../../api/types';
import { literal } from '../../util/literal';
import { trouble } from './draft';

type Props = { document: RuleResource; diagnostics: Diagnostic[]; onChange: (document: RuleResource) => void };

export function NameFields({ document, diagnostics, onChange }: Props) {
  const { name } = document;
  const used = document.kind === 'table' ? `Lookup(${literal(name || '…')}, …)` : `${name || '…'}(…)`;
  return (
    <div className="fields">
      <Field label="Name" required hint={`Expressions use it as ${used}`} validationMessage={trouble(diagnostics, '/name')}>
        <Input value={name} onChange={(_, data) => onChange({ ...document, name: data.value })} autoComplete="off" spellCheck={false} />
      </Field>
      <Field label="Description" validationMessage={trouble(diagnostics, '/description')}>
        <Input
          value={document.description ?? ''}
          onChange={(_, data) => onChange({ ...document, description: data.value || undefined })}
          autoComplete="off"
        />
      </Field>
    </div>
  );
}
