// The editor of one place of a profile: a scope, a distinguished name, a side of a match, a map.
import { Checkbox, Field, Input, Select } from '@fluentui/react-components';

import type { Diagnostic, Flow, Key } from '../../api/types';
import { CodeEditor } from '../../ui/CodeEditor';
import { words } from '../../util/format';
import { concerns } from '../../util/pointer';
import { Cases } from './Cases';
import { DialectField } from './DialectField';
import { RuleEditor } from './RuleEditor';
import { casesOf, withCases } from './cases';
import { type Slot, dialectOf, flowText, inDialect, keyText, withDefault } from './draft';
import { flowModes } from './flowWords';

type Props = { slot: Slot; onChange: (value: unknown) => void; diagnostics: Diagnostic[]; names: string[] };

export function slotTitle(slot: Slot): string {
  switch (slot.kind) {
    case 'scope':
      return 'Scope';
    case 'dn':
      return 'Distinguished name of a new object';
    case 'key':
      return `Match: ${slot.side} side`;
    case 'flow':
      return `Map to ${slot.flow.to || 'an attribute'}`;
  }
}

export function SlotEditor({ slot, onChange, diagnostics, names }: Props) {
  const rest = { diagnostics, names, pointer: slot.pointer };
  switch (slot.kind) {
    case 'scope':
      return <RuleEditor {...rest} label="Scope" rule={slot.rule} onChange={onChange} none="All objects" />;
    case 'dn':
      return <RuleEditor {...rest} label="Distinguished name" rule={slot.rule} onChange={onChange} none="None" />;
    case 'key':
      return <KeyEditor {...rest} value={slot.key} onChange={onChange} />;
    case 'flow':
      return <FlowEditor {...rest} flow={slot.flow} outbound={slot.outbound} onChange={onChange} />;
  }
}

type Rest = { diagnostics: Diagnostic[]; names: string[]; pointer: string };

function KeyEditor({ value, onChange, diagnostics, names, pointer }: Rest & { value: Key; onChange: (key: Key) => void }) {
  const form = typeof value === 'string' ? 'attribute' : 'expression';
  return (
    <div className="stack">
      <Field label="Form" size="small">
        <Select
          size="small"
          value={form}
          onChange={(_, data) => onChange(data.value === 'attribute' ? keyText(value) : { expr: keyText(value) })}
        >
          <option value="attribute">Attribute</option>
          <option value="expression">Expression</option>
        </Select>
      </Field>
      {typeof value !== 'string' && <DialectField value={dialectOf(value)} onChange={(dialect) => onChange(inDialect(value, dialect))} />}
      {typeof value === 'string' ? (
        <AttributeField label="Attribute" value={value} names={names} onChange={onChange} />
      ) : (
        <CodeEditor
          label="Match expression"
          value={value.expr}
          dialect={dialectOf(value)}
          onChange={(expr) => onChange({ ...value, expr })}
          names={names}
          diagnostics={diagnostics.filter((found) => concerns(found, pointer))}
        />
      )}
    </div>
  );
}

type FlowProps = Rest & { flow: Flow; outbound: boolean; onChange: (flow: Flow) => void };

function FlowEditor({ flow, outbound, onChange, diagnostics, names, pointer }: FlowProps) {
  const { from, expr, rule, ...kept } = flow;
  const form = rule ? 'condition' : from != null ? 'attribute' : 'expression';
  const choose = (next: string) => {
    const text = flowText(flow);
    if (next === 'attribute') onChange({ ...inDialect(kept, 'csharp'), from: /^\w+$/.test(text) ? text : flow.to });
    if (next === 'expression') onChange({ ...kept, expr: text });
    if (next === 'condition') onChange({ ...kept, rule: { if: '', then: { expr: text }, else: { expr: 'ignore' } } });
  };
  return (
    <div className="stack">
      <div className="fields">
        <Field label="Attribute written" size="small">
          <Input size="small" value={flow.to} onChange={(_, data) => onChange({ ...flow, to: data.value })} />
        </Field>
        <Field label="Form" size="small">
          <Select size="small" value={form} onChange={(_, data) => choose(data.value)}>
            <option value="attribute">Attribute as it is</option>
            <option value="expression">Expression</option>
            <option value="condition">Condition</option>
          </Select>
        </Field>
        {form !== 'attribute' && <DialectField value={dialectOf(flow)} onChange={(dialect) => onChange(inDialect(flow, dialect))} />}
        {outbound && (
          <Field label="When it is sent" size="small">
            <Select size="small" value={flow.mode ?? 'enforce'} onChange={(_, data) => onChange({ ...flow, mode: data.value as Flow['mode'] })}>
              {flowModes.map(([mode, { choice }]) => (
                <option key={mode} value={mode}>
                  {choice}
                </option>
              ))}
            </Select>
          </Field>
        )}
        <Field label="On an error" size="small">
          <Select
            size="small"
            value={flow.on_error ?? 'fail-object'}
            onChange={(_, data) => onChange({ ...flow, on_error: data.value as Flow['on_error'] })}
          >
            {(['fail-object', 'keep-current', 'null'] as const).map((option) => (
              <option key={option} value={option}>
                {words(option)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {form === 'attribute' && (
        <AttributeField label="Attribute read" value={from ?? ''} names={names} onChange={(name) => onChange({ ...kept, from: name })} />
      )}
      {form === 'expression' && (
        <CodeEditor
          label="Map expression"
          value={expr ?? ''}
          dialect={dialectOf(flow)}
          onChange={(text) => onChange({ ...flow, expr: text })}
          names={names}
          diagnostics={diagnostics.filter((found) => concerns(found, pointer))}
        />
      )}
      {rule && (
        <RuleEditor
          label="Map"
          rule={rule}
          inherited={dialectOf(flow)}
          pointer={`${pointer}/rule`}
          onChange={(next) => onChange(next && 'if' in next ? { ...kept, rule: next } : { ...kept, expr: next?.expr ?? '' })}
          diagnostics={diagnostics}
          names={names}
        />
      )}
      {form !== 'attribute' && (
        <DefaultEditor
          flow={flow}
          pointer={`${pointer}/default`}
          names={names}
          diagnostics={diagnostics}
          onChange={(text) => onChange(withDefault(flow, text))}
        />
      )}
      <Cases
        cases={casesOf(flow)}
        pointer={`${pointer}/cases`}
        names={names}
        diagnostics={diagnostics}
        onChange={(cases) => onChange(withCases(flow, cases))}
      />
    </div>
  );
}

type DefaultProps = Rest & { flow: Flow; onChange: (text: string | undefined) => void };

/** What is computed where the map fails. */
function DefaultEditor({ flow, pointer, names, diagnostics, onChange }: DefaultProps) {
  return (
    <div className="stack">
      <Checkbox
        label="A default where it fails"
        checked={flow.default != null}
        onChange={(_, data) => onChange(data.checked === true ? '' : undefined)}
      />
      {flow.default != null && (
        <CodeEditor
          label="Default"
          value={flow.default}
          dialect={dialectOf(flow)}
          onChange={onChange}
          names={names}
          diagnostics={diagnostics.filter((found) => concerns(found, pointer))}
        />
      )}
    </div>
  );
}

function AttributeField({ label, value, names, onChange }: { label: string; value: string; names: string[]; onChange: (name: string) => void }) {
  return (
    <Field label={label} size="small">
      <Input size="small" value={value} onChange={(_, data) => onChange(data.value)} input={{ list: 'attribute-names' }} />
      <datalist id="attribute-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Field>
  );
}
