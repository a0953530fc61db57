// What a named expression gives, in either dialect.
import type { Diagnostic, NamedExpression } from '../../api/types';
import { CodeEditor } from '../../ui/CodeEditor';
import { put } from '../../util/pointer';
import { DialectField } from '../profile/DialectField';
import { Findings } from '../profile/Findings';
import { fixed, dialectOf } from '../profile/draft';

type Props = { document: NamedExpression; diagnostics: Diagnostic[]; onChange: (change: (before: NamedExpression) => NamedExpression) => void };

export function Body({ document, diagnostics, onChange }: Props) {
  const mine = diagnostics.filter((found) => found.at === '/expr');
  return (
    <section className="card stack" aria-labelledby="body">
      <div className="head">
        <h2 id="body">What it gives</h2>
      </div>
      <DialectField value={dialectOf(document)} onChange={(dialect) => onChange((before) => put(before, '/dialect', dialect))} />
      <CodeEditor
        label="Expression"
        value={document.expr}
        dialect={dialectOf(document)}
        onChange={(expr) => onChange((before) => ({ ...before, expr }))}
        names={(document.parameters ?? []).map((parameter) => parameter.name).filter(Boolean)}
        diagnostics={mine}
      />
      <Findings diagnostics={mine} onFix={(found) => onChange((before) => fixed(before, found))} />
    </section>
  );
}
