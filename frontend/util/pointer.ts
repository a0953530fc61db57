// JSON pointers into a profile document.

export const tokens = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

export function at(document: unknown, pointer: string): unknown {
  return tokens(pointer).reduce<unknown>((value, token) => (value as Record<string, unknown> | null | undefined)?.[token], document);
}

/** The document with another value there; everything else is shared. */
export function put<T>(document: T, pointer: string, value: unknown): T {
  const change = (node: unknown, path: string[]): unknown => {
    const [token, ...rest] = path;
    if (token === undefined) return value;
    if (Array.isArray(node)) return node.map((item: unknown, i) => (String(i) === token ? change(item, rest) : item));
    const record = (node ?? {}) as Record<string, unknown>;
    return { ...record, [token]: change(record[token], rest) };
  };
  return change(document, tokens(pointer)) as T;
}

/** Whether a finding is about this expression itself. */
export const concerns = (finding: { at: string }, pointer: string) => finding.at === pointer || finding.at === `${pointer}/expr`;

/** Whether a finding is about this place or anything in it. */
export const within = (finding: { at: string }, pointer: string) => finding.at === pointer || finding.at.startsWith(`${pointer}/`);
