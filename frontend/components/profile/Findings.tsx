// What the checker found, each with the place it is about.
import type { Diagnostic } from '../../api/types';

export function Findings({ diagnostics, onOpen }: { diagnostics: Diagnostic[]; onOpen?: (pointer: string) => void }) {
  if (diagnostics.length === 0) return null;
  return (
    <ul className="plain" aria-label="Diagnostics">
      {diagnostics.map((found, i) => (
        <li key={`${i} ${found.at} ${found.code}`}>
          <strong className={`trouble-${found.severity}`}>{found.severity === 'error' ? 'Error' : 'Warning'}</strong> {found.message}{' '}
          {found.fix && <span>Right would be {found.fix} </span>}
          <code>{found.code}</code>
          {onOpen && (
            <>
              {' '}
              <button type="button" className="link" onClick={() => onOpen(found.at)}>
                {found.at || 'document'}
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
