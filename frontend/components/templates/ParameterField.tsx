// One parameter of a template, as its kind is filled in.
import { Checkbox, Field, Input, Select, Textarea } from '@fluentui/react-components';

import type { Schemas } from '../../api/types';

type Parameter = Schemas['Parameter'];
type Value = Schemas['ParameterValue'];
type Props = { parameter: Parameter; value: Value; problem: string | undefined; onChange: (value: Value) => void };

const listed = (value: Value) => (Array.isArray(value) ? value.join('\n') : '');
const spoken = (value: Value | null | undefined) => (Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '');

/** What stands in a field before anybody types. */
export function initial(parameter: Parameter, known: { context: string; domain: string }): Value {
  const suggested = { 'target-naming-context': known.context, 'target-dns-name': known.domain };
  if (parameter.suggest && suggested[parameter.suggest]) return suggested[parameter.suggest];
  return parameter.default ?? { boolean: false, list: [] as string[], text: '', domain: '', dn: '', choice: '' }[parameter.kind];
}

export function ParameterField({ parameter, value, problem, onChange }: Props) {
  if (parameter.kind === 'boolean') {
    return (
      <Field hint={parameter.help} validationMessage={problem}>
        <Checkbox label={parameter.label} checked={value === true} onChange={(_, data) => onChange(data.checked === true)} />
      </Field>
    );
  }
  const example = spoken(parameter.example);
  return (
    <Field label={parameter.label} hint={parameter.help} required={parameter.required ?? false} validationMessage={problem}>
      {parameter.kind === 'choice' ? (
        <Select value={spoken(value)} onChange={(_, data) => onChange(data.value)}>
          {parameter.choices?.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </Select>
      ) : parameter.kind === 'list' ? (
        <Textarea
          value={listed(value)}
          placeholder={example && `One a line, such as ${example}`}
          onChange={(_, data) => onChange(data.value === '' ? [] : data.value.split('\n'))}
        />
      ) : (
        <Input value={spoken(value)} placeholder={example} onChange={(_, data) => onChange(data.value)} autoComplete="off" />
      )}
    </Field>
  );
}
