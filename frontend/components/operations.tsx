// How operations of a plan are told: a sign and a word, what changes, and the whole of one.
import type { AttributeChange, PlannedOperation, Rule } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { leaf, plural, words } from '../util/format';
import { paths } from '../util/paths';
import { ruleText } from './profile/draft';
import { useDirectory, useNames, useTenant } from './tenant';

const SIGN: Record<string, string> = { add: '+', update: '~', delete: '−', move: '→', disable: '⊘' };

/** The kinds in the order they matter to a reader. */
export const KINDS = ['add', 'update', 'move', 'disable', 'delete'];

export function Kind({ kind }: { kind: string }) {
  return (
    <span className={`kind kind-${kind}`}>
      <span aria-hidden="true">{SIGN[kind] ?? '·'} </span>
      {words(kind)}
    </span>
  );
}

/** What people call its object: one that does not exist yet is known by its distinguished name only. */
export function called({ name, dn_before, dn_after }: PlannedOperation): string {
  return name === dn_before || name === dn_after ? leaf(name) : name;
}

/** What becomes of a deleted object, where it is not simply gone; undefined for other operations. */
function useAftermath({ kind, type, directory }: PlannedOperation): string | undefined {
  const isCloud = useDirectory(directory)?.kind === 'entra-id';
  return isCloud && kind === 'delete' && type === 'user' ? 'Goes to the recycle bin for 30 days' : undefined;
}

/** A rule as its profile shows it: a condition comes as its document. */
function ruleLine(rule: string): string {
  if (!rule.startsWith('{')) return rule;
  try {
    return ruleText(JSON.parse(rule) as Rule);
  } catch {
    // An expression may begin with a brace too.
    return rule;
  }
}

const joined = (values: string[]) => values.join(', ');

/** One line for the grid: where something new or moved will be, or else the first change and how many more there are. */
export function ChangeLine({ operation }: { operation: PlannedOperation }) {
  const aftermath = useAftermath(operation);
  const moved = operation.kind === 'move' && operation.dn_after;
  const [first, ...others] = operation.attributes;
  if (moved) {
    return (
      <>
        {operation.dn_before} → <ins>{operation.dn_after}</ins>
      </>
    );
  }
  if (operation.kind === 'add' && operation.dn_after) {
    return (
      <>
        <ins>{operation.dn_after}</ins> <span className="muted">{plural(operation.attributes.length, 'attribute')}</span>
      </>
    );
  }
  if (!first) return <>{aftermath ?? operation.dn_before ?? operation.dn_after ?? ''}</>;
  return (
    <>
      {first.name}: <Values change={first} /> {others.length > 0 && <span className="muted">+{others.length}</span>}
    </>
  );
}

/** The same, and whether the plan that was approved last does not have it. */
export function MarkedLine({ operation }: { operation: PlannedOperation }) {
  return (
    <>
      {operation.new_since_approval && <strong className="new">New </strong>}
      <ChangeLine operation={operation} />
    </>
  );
}

/** Values that stay are left out where only some of many change. */
function Values({ change }: { change: AttributeChange }) {
  if (change.added.length + change.removed.length > 0) {
    return (
      <>
        {change.removed.length > 0 && <del>− {joined(change.removed)}</del>} {change.added.length > 0 && <ins>+ {joined(change.added)}</ins>}
      </>
    );
  }
  return (
    <>
      {change.before.length > 0 && (
        <>
          <del>{joined(change.before)}</del> →{' '}
        </>
      )}
      {change.after.length > 0 ? <ins>{joined(change.after)}</ins> : <em>no value</em>}
    </>
  );
}

/** Everything of one operation, before and after by attribute. */
export function OperationDetail({ operation }: { operation: PlannedOperation }) {
  const tenant = useTenant();
  const name = useNames();
  const aftermath = useAftermath(operation);
  const listed = (change: AttributeChange, values: string[], some: string[], sign: string) =>
    some.length > 0 ? some.map((value) => `${sign} ${value}`) : change.added.length + change.removed.length > 0 ? [] : values;
  return (
    <div className="stack">
      <h2>{called(operation)}</h2>
      <div>
        <Kind kind={operation.kind} /> {operation.type} in {name(operation.directory)}
      </div>
      {operation.blocked && <div className="notice">{operation.blocked}</div>}
      {operation.new_since_approval && <div className="new">New: the plan that was approved last does not have it.</div>}
      {aftermath && <div className="muted">{aftermath}. Until then an administrator of the directory tenant can restore it.</div>}
      {operation.dn_before && <div className="break muted">Now: {operation.dn_before}</div>}
      {operation.dn_after && operation.dn_after !== operation.dn_before && <div className="break">After: {operation.dn_after}</div>}
      {operation.initial_password && (
        <div className="break">
          Initial password: random, sealed for {operation.initial_password.recipient} (<code>{operation.initial_password.fingerprint}</code>)
          {operation.initial_password.disabled_until_handed_over && '; disabled until it is handed over'}
        </div>
      )}
      {operation.attributes.length > 0 && (
        <table className="table changes" aria-label="Before and after">
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {operation.attributes.map((change) => (
              <tr key={change.name}>
                <th scope="row">
                  {change.name}
                  {change.rule && (
                    <code className="block muted break" title="The rule that decides">
                      {ruleLine(change.rule)}
                    </code>
                  )}
                </th>
                <td>
                  <ValueList values={listed(change, change.before, change.removed, '−')} gone />
                </td>
                <td>
                  <ValueList values={listed(change, change.after, change.added, '+')} />
                  {change.changed_values > 200 && <span className="muted">{change.changed_values} values in all</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <AppLink to={paths.object(tenant, operation.object)}>Open the object</AppLink>
    </div>
  );
}

function ValueList({ values, gone }: { values: string[]; gone?: boolean }) {
  if (values.length === 0) return <span className="muted">–</span>;
  return (
    <>
      {values.map((value, i) => (
        <div key={`${i} ${value}`} className="break">
          {gone ? <del>{value}</del> : <ins>{value}</ins>}
        </div>
      ))}
    </>
  );
}
