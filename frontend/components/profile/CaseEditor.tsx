// One case: what it shows, the object, what is expected, and what the checker says of it.
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useState } from 'react';

import type { Diagnostic, RuleCase, Schemas } from '../../api/types';
import { Findings } from './Findings';
import { ValueField } from './ValueField';
import { type Attribute, ERRORS, EXPECTS, type Expects, attributesOf, attributesShown, expecting, expectsOf, inputOf } from './cases';

type Props = {
  number: number;
  value: RuleCase;
  diagnostics: Diagnostic[];
  onChange: (value: RuleCase) => void;
  onRemove: () => void;
};

export function CaseEditor({ number, value, diagnostics, onChange, onRemove }: Props) {
  return (
    <fieldset className="plain-set branch stack" aria-label={`Case ${number}`}>
      <div className="fields">
        <Field label="What it shows" size="small">
          <Input size="small" value={value.name} onChange={(_, data) => onChange({ ...value, name: data.value })} autoComplete="off" />
        </Field>
        <Field label="Clock" hint="Such as 2026-01-31T00:00:00Z; empty if it does not matter" size="small">
          <Input size="small" value={value.now ?? ''} onChange={(_, data) => onChange({ ...value, now: data.value || null })} autoComplete="off" />
        </Field>
      </div>
      <ObjectFields value={value} onChange={onChange} />
      <ExpectedFields value={value} onChange={onChange} />
      <Findings diagnostics={diagnostics} />
      <div>
        <Button size="small" aria-label={`Remove case ${number}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
    </fieldset>
  );
}

type FieldProps = Pick<Props, 'value' | 'onChange'>;

function ObjectFields({ value, onChange }: FieldProps) {
  const [typed, setTyped] = useState<Attribute[]>(() => attributesOf(value.input));
  const attributes = attributesShown(typed, value.input);
  const save = (next: Attribute[]) => {
    setTyped(next);
    onChange({ ...value, input: inputOf(next) });
  };
  const change = (at: number, to: Partial<Attribute>) => save(attributes.map((old, i) => (i === at ? { ...old, ...to } : old)));
  return (
    <>
      {attributes.map(({ name, value: held }, i) => {
        const twice = name !== '' && attributes.findIndex((other) => other.name === name) < i;
        return (
          <div key={i} className="fields">
            <Field label={`Attribute ${i + 1}`} size="small" validationMessage={twice ? 'It stands above already; this one does not count.' : undefined}>
              <Input size="small" value={name} onChange={(_, data) => change(i, { name: data.value })} input={{ list: 'case-attributes' }} />
            </Field>
            <ValueField label={`Value ${i + 1}`} value={held} onChange={(to) => change(i, { value: to })} />
            <div>
              <Button size="small" aria-label={`Remove attribute ${i + 1}`} onClick={() => save(attributes.filter((_, j) => j !== i))}>
                Remove
              </Button>
            </div>
          </div>
        );
      })}
      <div>
        <Button size="small" onClick={() => save([...attributes, { name: '', value: '' }])}>
          Add an attribute
        </Button>
      </div>
    </>
  );
}

function ExpectedFields({ value, onChange }: FieldProps) {
  const expects = expectsOf(value);
  return (
    <div className="fields">
      <Field label="Expected" size="small">
        <Select size="small" value={expects} onChange={(_, data) => onChange(expecting(value, data.value as Expects))}>
          {Object.entries(EXPECTS).map(([kind, name]) => (
            <option key={kind} value={kind}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      {expects === 'value' && <ValueField label="Expected value" value={value.value} onChange={(to) => onChange({ ...value, value: to })} />}
      {expects === 'error' && (
        <Field label="Why it fails" size="small">
          <Select
            size="small"
            value={value.error ?? ''}
            onChange={(_, data) => onChange({ ...value, error: data.value as Schemas['RuleErrorKind'] })}
          >
            {Object.entries(ERRORS).map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name} ({kind})
              </option>
            ))}
          </Select>
        </Field>
      )}
    </div>
  );
}
