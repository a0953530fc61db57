// What an expression is written in.
import { Field, Select } from '@fluentui/react-components';

import type { Dialect } from '../../api/types';
import { dialects } from './draft';

export function DialectField({ value, onChange }: { value: Dialect; onChange: (dialect: string) => void }) {
  return (
    <Field label="Written in" size="small">
      <Select size="small" value={value} onChange={(_, data) => onChange(data.value)}>
        {Object.entries(dialects).map(([dialect, name]) => (
          <option key={dialect} value={dialect}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}
