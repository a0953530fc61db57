// A rule: one expression, or a condition with a rule for each branch.
import { Field, Select } from '@fluentui/react-components';

import type { Diagnostic, Dialect, Rule } from '../../api/types';
import { CodeEditor } from '../../ui/CodeEditor';
import { concerns } from '../../util/pointer';
import { DialectField } from './DialectField';
import { dialectOf, inDialect } from './draft';

type Props = {
  label: string;
  rule: Rule | null;
  pointer: string;
  onChange: (rule: Rule | null) => void;
  diagnostics: Diagnostic[];
  names: string[];
  /** What everything in it is written in, where the place around says it; else each expression says it. */
  inherited?: Dialect;
  /** What having no rule means here; without it there has to be one. */
  none?: string;
};

export function RuleEditor({ label, rule, pointer, onChange, diagnostics, names, inherited, none }: Props) {
  const form = rule === null ? 'none' : 'if' in rule ? 'condition' : 'expression';
  const choose = (next: string) => {
    if (next === 'none') onChange(null);
    if (next === 'expression') onChange({ expr: rule && 'if' in rule ? 'ignore' : '' });
    if (next === 'condition') onChange({ if: '', then: rule ?? { expr: '' }, else: { expr: 'ignore' } });
  };
  const rest = { diagnostics, names, inherited };
  return (
    <div className="stack rule">
      <Field label={`${label}: form`} size="small">
        <Select size="small" value={form} onChange={(_, data) => choose(data.value)}>
          {none && <option value="none">{none}</option>}
          <option value="expression">Expression</option>
          <option value="condition">Condition</option>
        </Select>
      </Field>
      {rule && !('if' in rule) && !inherited && (
        <DialectField value={dialectOf(rule)} onChange={(dialect) => onChange(inDialect(rule, dialect))} />
      )}
      {rule && !('if' in rule) && (
        <CodeEditor
          label={label}
          value={rule.expr}
          dialect={rule.dialect ?? inherited ?? 'csharp'}
          onChange={(expr) => onChange({ ...rule, expr })}
          names={names}
          diagnostics={diagnostics.filter((found) => concerns(found, pointer))}
        />
      )}
      {rule && 'if' in rule && (
        <>
          <span>If</span>
          <CodeEditor
            label={`${label}: if`}
            value={rule.if}
            dialect={inherited ?? 'csharp'}
            onChange={(condition) => onChange({ ...rule, if: condition })}
            names={names}
            diagnostics={diagnostics.filter((found) => concerns(found, `${pointer}/if`))}
          />
          <div className="branch">
            <RuleEditor
              {...rest}
              label={`${label}: then`}
              rule={rule.then}
              pointer={`${pointer}/then`}
              onChange={(then) => onChange({ ...rule, then: then ?? { expr: 'ignore' } })}
            />
          </div>
          <div className="branch">
            <RuleEditor
              {...rest}
              label={`${label}: else`}
              rule={rule.else ?? null}
              pointer={`${pointer}/else`}
              onChange={(otherwise) => onChange({ ...rule, else: otherwise })}
              none="Ignore"
            />
          </div>
        </>
      )}
    </div>
  );
}
