// The parameters of a profile: texts that its expressions read as %Name%.
import { Button, Field, Input } from '@fluentui/react-components';
import { useState } from 'react';

type Values = Record<string, string>;

/** Words with dots between them, as the rule language reads them between per cent signs. */
const NAME = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

export function Parameters({ values, onChange }: { values: Values; onChange: (values: Values) => void }) {
  const [name, setName] = useState('');
  const wanted = name.trim();
  const wrong =
    wanted && !NAME.test(wanted)
      ? 'Letters, digits and _, with dots between words'
      : wanted in values
        ? 'There is one with this name'
        : undefined;
  const add = () => {
    onChange({ ...values, [wanted]: '' });
    setName('');
  };
  return (
    <details>
      <summary>Parameters ({Object.keys(values).length})</summary>
      <div className="stack">
        {Object.entries(values).map(([key, value]) => (
          <div key={key} className="row">
            <Field label={`%${key}%`} size="small">
              <Input size="small" value={value} onChange={(_, data) => onChange({ ...values, [key]: data.value })} />
            </Field>
            <Button size="small" onClick={() => onChange(Object.fromEntries(Object.entries(values).filter(([other]) => other !== key)))}>
              Remove %{key}%
            </Button>
          </div>
        ))}
        <div className="row">
          <Field label="New parameter" size="small" hint="Such as Domain.FQDN" validationMessage={wrong}>
            <Input size="small" value={name} onChange={(_, data) => setName(data.value)} />
          </Field>
          <Button size="small" disabled={!wanted || wrong !== undefined} onClick={add}>
            Add a parameter
          </Button>
        </div>
      </div>
    </details>
  );
}
