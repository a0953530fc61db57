// A refusal in words: what happened, why, what to do, and its code.
import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';

import { shown } from '../api/problem';

export function ProblemBar({ error }: { error: unknown }) {
  if (!error) return null;
  const problem = shown(error);
  return (
    <div role="alert">
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{problem.title}</MessageBarTitle> {problem.detail} {problem.next} <code>{problem.code}</code>
          {problem.errors && problem.errors.length > 0 && (
            <ul className="plain">
              {problem.errors.map((field) => (
                <li key={`${field.at} ${field.code}`}>
                  <code>{field.at}</code> {field.message}
                </li>
              ))}
            </ul>
          )}
        </MessageBarBody>
      </MessageBar>
    </div>
  );
}

/** What a refusal says about one field, for the field itself. */
export function fieldError(error: unknown, at: string): string | undefined {
  if (!error) return undefined;
  return shown(error).errors?.find((field) => field.at === at)?.message;
}
