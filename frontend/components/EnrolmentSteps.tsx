// The one-time key and the commands that use it. The key is shown here once and kept nowhere.
import { Button } from '@fluentui/react-components';

import type { Directory, EnrolmentKey } from '../api/types';
import { Copyable } from '../ui/Copyable';
import { time } from '../util/format';

type Dialled = Exclude<Directory['kind'], 'entra-id' | 'hr-file'>;

const URL_EXAMPLE: Record<Dialled, string> = {
  'active-directory': 'ldaps://dc1.example.com',
  openldap: 'ldaps://ldap.example.com',
};

/** What to run on the host: the key goes in by standard input, never as an argument. */
export const enrolCommand = (origin: string, key: string) => `syncline-agent enrol --url ${origin} <<'KEY'\n${key}\nKEY`;

const configuration = (kind: Dialled) => `cat > /var/lib/syncline-agent/config.toml <<'END'
[directory]
kind = "${kind}"
url = "${URL_EXAMPLE[kind]}"
bind = "syncline@example.com"
END
syncline-agent credential set
syncline-agent run`;

const FOLDER = `cat > /var/lib/syncline-agent/config.toml <<'END'
[directory]
kind = "hr-file"
name = "Contoso HR"
folder = "/srv/hr"
pattern = "*.csv"
END
syncline-agent run`;

const isDialled = (kind: Directory['kind']): kind is Dialled => kind in URL_EXAMPLE;

type Props = { directory: Directory; enrolment: EnrolmentKey; onDone: () => void };

export function EnrolmentSteps({ directory, enrolment, onDone }: Props) {
  return (
    <div className="notice stack" role="status">
      <h3>One-time key</h3>
      <p>It is shown only now, works once, and until {time(enrolment.expires_at)}.</p>
      <Copyable label="One-time key" text={enrolment.key} />
      <ol className="stack">
        <li>
          Enrol on a host in the network of {directory.name}. It prints a fingerprint.
          <Copyable label="Enrol command" text={enrolCommand(window.location.origin, enrolment.key)} />
        </li>
        <li>Compare the fingerprint and confirm it below.</li>
        <li>
          {isDialled(directory.kind) ? 'Name the directory, set its password and run the agent.' : 'Name the folder and run the agent.'}
          <Copyable label="Run commands" text={isDialled(directory.kind) ? configuration(directory.kind) : FOLDER} />
          <span className="muted">
            {isDialled(directory.kind)
              ? 'The agent only reads until its own policy.toml allows writes.'
              : 'The agent needs to read the folder, and nothing more.'}
          </span>
        </li>
      </ol>
      <div className="actions">
        <Button onClick={onDone}>I have copied the key</Button>
      </div>
    </div>
  );
}
