// A table or named expression being edited.
import type { Diagnostic, RuleResource, Schemas } from '../../api/types';
import { within } from '../../util/pointer';
import { sentence } from '../profile/Findings';

type Kind = Schemas['RuleResourceKind'];
export type Parameter = Schemas['ExpressionParameter'];

export const KINDS: Record<Kind, string> = { table: 'Lookup table', expression: 'Named expression' };

export function newResource(kind: Kind): RuleResource {
  return kind === 'table'
    ? { kind, name: '', ignore_case: false, rows: [] }
    : { kind, name: '', parameters: [], expr: '', dialect: 'csharp' };
}

export const newParameter = (): Parameter => ({ name: '', type: 'string', nullable: true, multi: false });

/** The parameters with one of them further up or down; at an end nothing changes. */
export function moved(parameters: Parameter[], at: number, by: -1 | 1): Parameter[] {
  const one = parameters[at];
  const other = parameters[at + by];
  if (!one || !other) return parameters;
  return parameters.map((parameter, i) => (i === at ? other : i === at + by ? one : parameter));
}

/** What is said about a field, for the field itself. */
export const trouble = (diagnostics: Diagnostic[], at: string) =>
  diagnostics
    .filter((found) => within(found, at))
    .map((found) => sentence(found.message))
    .join(' ') || undefined;

/** The findings that no field of the screen shows. */
export function elsewhere(diagnostics: Diagnostic[], document: RuleResource): Diagnostic[] {
  const [list, length] = document.kind === 'table' ? ['rows', document.rows.length] : ['parameters', document.parameters?.length ?? 0];
  const isShown = ({ at }: Diagnostic) => {
    const [, field, index] = at.split('/');
    if (field === list) return index !== undefined && Number(index) < length;
    return field === 'name' || field === 'description' || (document.kind === 'expression' && at === '/expr');
  };
  return diagnostics.filter((found) => !isShown(found));
}
