// How a message is told: how bad it is, what it is about, and the whole of one with what to do.
import type { ReactNode } from 'react';

import type { Message, Schemas } from '../api/types';
import { AppLink } from '../ui/AppLink';
import { Facts } from '../ui/Facts';
import { State, type Tone } from '../ui/State';
import { count, time, words } from '../util/format';
import { paths, withSearch } from '../util/paths';
import { useNames, useTenant } from './tenant';

const TONE: Record<Schemas['Severity'], Tone> = { info: 'plain', warning: 'wait', error: 'bad' };

/** Who must act, by class. */
const WHO: Record<Schemas['ErrorClass'], string> = {
  transient: 'Nobody: it is tried again',
  data: 'The owner of the data',
  config: 'The author of the configuration',
  permission: 'The owner of the credentials',
  guard: 'An approver',
  conflict: 'The owner of the data: the directory says otherwise',
  engine: 'Syncline',
};

export function SeverityState({ severity }: { severity: Schemas['Severity'] }) {
  return <State tone={TONE[severity]} name={severity} />;
}

/** What a message is about, as a name: its object, else its directory or profile. */
export function useSubject(): (message: Message) => string {
  const name = useNames();
  return ({ object, name: called, directory, profile }) =>
    object ? (called ?? object) : [name(directory), name(profile)].filter(Boolean).join(', ') || 'The tenant';
}

/** When it is tried again, or what it waits for. */
export function nextTry(message: Message): string {
  if (!message.open) return message.ended_at ? `It ended ${time(message.ended_at)}` : 'Nothing is left to do';
  if (message.next_try_at) return time(message.next_try_at);
  return message.class === 'guard' ? 'When somebody approves it' : 'When something changes';
}

/** Everything of one message. */
export function MessageDetail({ message }: { message: Message }) {
  const tenant = useTenant();
  const name = useNames();
  const subject = useSubject();
  const { object, directory, profile, run, others = [] } = message;
  const linked = (label: string, to: string, text: string): [string, ReactNode] => [label, <AppLink key={label} to={to}>{text}</AppLink>];
  return (
    <div className="stack">
      <h2 className="break">{subject(message)}</h2>
      <div>
        <SeverityState severity={message.severity} /> <code>{message.code}</code>
      </div>
      <p className="break">{message.text}</p>
      {message.meaning && message.meaning !== message.text && <p className="muted">{message.meaning}</p>}
      {message.to_do && (
        <div className="notice">
          <strong>What to do: </strong>
          {message.to_do}
        </div>
      )}
      <Facts
        facts={[
          ['Who must act', message.class ? WHO[message.class] : 'Not known'],
          ['Times', count(message.count)],
          ['First', time(message.first_at)],
          ['Last', time(message.last_at)],
          ['Next try', nextTry(message)],
          ...(message.stage ? [['Stage', words(message.stage)] as [string, ReactNode]] : []),
          ...(message.attribute ? [['Attribute', <code key="a">{message.attribute}</code>] as [string, ReactNode]] : []),
          ...(object ? [linked('Object', paths.object(tenant, object), message.name ?? object)] : []),
          ...(directory ? [linked('Directory', paths.directory(tenant, directory), name(directory))] : []),
          ...(profile ? [linked('Profile', paths.profile(tenant, profile), name(profile))] : []),
          ...(profile && message.at ? [linked('Rule', withSearch(paths.profile(tenant, profile), { at: message.at }), 'Open it in the profile')] : []),
          ...(run ? [linked('Run', paths.run(tenant, run), 'The one that said it last')] : []),
        ]}
      />
      {others.length > 0 && (
        <section aria-labelledby="others">
          <h3 id="others">Other objects concerned</h3>
          <ul>
            {others.map((other) => (
              <li key={other}>
                <AppLink to={paths.object(tenant, other)}>{other}</AppLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      {object && <AppLink to={withSearch(paths.messages(tenant), { object, closed: true })}>All messages of this object</AppLink>}
    </div>
  );
}
