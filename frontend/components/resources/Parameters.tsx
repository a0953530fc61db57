// What a named expression takes, in the order of its arguments.
import { Button, Checkbox, Field, Input, Select } from '@fluentui/react-components';

import type { Diagnostic, Schemas } from '../../api/types';
import { type Parameter, moved, newParameter, trouble } from './draft';

const TYPES: Schemas['RuleType'][] = ['string', 'int', 'long', 'double', 'bool', 'char', 'date', 'guid', 'binary', 'reference'];

type Props = { parameters: Parameter[]; diagnostics: Diagnostic[]; onChange: (parameters: Parameter[]) => void };

export function Parameters({ parameters, diagnostics, onChange }: Props) {
  const change = (at: number, to: Partial<Parameter>) => onChange(parameters.map((old, i) => (i === at ? { ...old, ...to } : old)));
  return (
    <section className="card stack" aria-labelledby="parameters">
      <div className="head">
        <h2 id="parameters">Parameters</h2>
        <Button onClick={() => onChange([...parameters, newParameter()])}>Add a parameter</Button>
      </div>
      {parameters.length === 0 && <p className="empty">It takes nothing, and gives the same for every object.</p>}
      {parameters.map((parameter, i) => {
        const number = i + 1;
        return (
          <fieldset key={i} className="plain-set fields" aria-label={`Parameter ${number}`}>
            <Field label="Name" size="small" validationMessage={trouble(diagnostics, `/parameters/${i}`)}>
              <Input size="small" value={parameter.name} onChange={(_, data) => change(i, { name: data.value })} autoComplete="off" spellCheck={false} />
            </Field>
            <Field label="Type" size="small">
              <Select size="small" value={parameter.type} onChange={(_, data) => change(i, { type: data.value as Parameter['type'] })}>
                {TYPES.map((type) => (
                  <option key={type} value={type}>
                    {type}
                  </option>
                ))}
              </Select>
            </Field>
            <div>
              <Checkbox label="May be absent" checked={parameter.nullable ?? false} onChange={(_, data) => change(i, { nullable: data.checked === true })} />
              <Checkbox label="A list" checked={parameter.multi ?? false} onChange={(_, data) => change(i, { multi: data.checked === true })} />
            </div>
            <div className="actions">
              <Button size="small" disabled={i === 0} aria-label={`Move parameter ${number} up`} onClick={() => onChange(moved(parameters, i, -1))}>
                Up
              </Button>
              <Button
                size="small"
                disabled={number === parameters.length}
                aria-label={`Move parameter ${number} down`}
                onClick={() => onChange(moved(parameters, i, 1))}
              >
                Down
              </Button>
              <Button size="small" aria-label={`Remove parameter ${number}`} onClick={() => onChange(parameters.filter((_, j) => j !== i))}>
                Remove
              </Button>
            </div>
          </fieldset>
        );
      })}
    </section>
  );
}
