// What the checker found, each with the place it is about, why, and what would mend it.
import type { Diagnostic } from '../../api/types';

type Props = { diagnostics: Diagnostic[]; onOpen?: (pointer: string) => void; onFix?: (found: Diagnostic) => void };

export function Findings({ diagnostics, onOpen, onFix }: Props) {
  if (diagnostics.length === 0) return null;
  return (
    <ul className="plain" aria-label="Diagnostics">
      {diagnostics.map((found, i) => (
        <li key={`${i} ${found.at} ${found.code}`}>
          <strong className={`trouble-${found.severity}`}>{found.severity === 'error' ? 'Error' : 'Warning'}</strong> {coded(sentence(found.message))}{' '}
          {found.note && <span className="muted">{coded(sentence(found.note))} </span>}
          <code title={found.csharp ? `In C#: ${found.csharp}` : undefined}>{found.code}</code>
          {onOpen && (
            <>
              {' '}
              <button type="button" className="link" onClick={() => onOpen(found.at)}>
                {found.at || 'document'}
              </button>
            </>
          )}
          {found.fix && onFix && (
            <>
              {' '}
              <button type="button" className="link" onClick={() => onFix(found)}>
                {capital(found.fix.title)}
                {found.fix.replacement.trim() && (
                  <>
                    : <code>{found.fix.replacement.trim()}</code>
                  </>
                )}
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Text whose parts in backticks are code. */
const coded = (text: string) => text.split(/`([^`]+)`/).map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A message as a sentence: the compiler's begin small and have no full stop. Code at the beginning stays as it is. */
export const sentence = (text: string) => (/[.!?]$/.test(text) ? capital(text) : `${capital(text)}.`);
