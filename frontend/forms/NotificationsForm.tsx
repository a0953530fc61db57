// Who is told of what goes wrong, and when. Saved on the version that was read; the secret of a
// webhook is shown once, when it is made.
import { Button, Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, ifMatch, read } from '../api/client';
import type { Notifications } from '../api/types';
import { useMay, useTenant } from '../components/tenant';
import { ProblemBar, fieldError } from '../ui/ProblemBar';
import { lines } from '../util/lines';
import { printHours, readHours } from '../util/quiet-hours';

type Severity = Notifications['minimum_severity'];

export function NotificationsForm({ notifications }: { notifications: Notifications }) {
  const tenant = useTenant();
  const may = useMay();
  // What another one saves meanwhile is not overwritten with what stands here.
  const [first] = useState(notifications.version);
  const [minimum, setMinimum] = useState<Severity>(notifications.minimum_severity);
  const [digest, setDigest] = useState(String(notifications.digest_minutes));
  const [zone, setZone] = useState(notifications.time_zone);
  const [quiet, setQuiet] = useState(printHours(notifications.quiet_hours));
  const [mail, setMail] = useState(notifications.mail.join('\n'));
  const [webhooks, setWebhooks] = useState(notifications.webhooks.map((webhook) => webhook.url).join('\n'));
  const hours = readHours(quiet);
  const save = useAct((seen: number) =>
    read(
      client.PATCH('/v1/tenants/{tenant}/notifications', {
        params: { path: { tenant }, header: ifMatch(seen) },
        body: {
          minimum_severity: minimum,
          digest_minutes: Number(digest),
          time_zone: zone.trim(),
          quiet_hours: 'hours' in hours ? hours.hours : [],
          mail: lines(mail),
          webhooks: lines(webhooks).map((url) => ({ url, new_secret: false })),
        },
      }),
    ),
  );
  const made = save.data?.webhooks.filter((webhook) => webhook.secret) ?? [];
  return (
    <form
      className="card stack"
      aria-labelledby="receivers"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(save.data?.version ?? first);
      }}
    >
      <h2 id="receivers">Who is told, and when</h2>
      <div className="fields">
        <Field
          label="Mail to"
          hint={notifications.mail_offered ? 'One address a line' : 'This installation sends no mail; ask its operator'}
          validationMessage={fieldError(save.error, '/mail')}
        >
          <Textarea value={mail} onChange={(_, data) => setMail(data.value)} disabled={!notifications.mail_offered} />
        </Field>
        <Field label="Webhooks" hint={hosts(notifications.webhook_hosts)} validationMessage={fieldError(save.error, '/webhooks')}>
          <Textarea value={webhooks} onChange={(_, data) => setWebhooks(data.value)} disabled={notifications.webhook_hosts.length === 0} />
        </Field>
      </div>
      <div className="fields">
        <Field label="Tell">
          <Select value={minimum} onChange={(_, data) => setMinimum(data.value as Severity)}>
            <option value="warning">Warnings and errors</option>
            <option value="error">Errors only</option>
          </Select>
        </Field>
        <Field label="At most one notification in (minutes)" validationMessage={fieldError(save.error, '/digest_minutes')}>
          <Input type="number" min={0} max={10080} value={digest} onChange={(_, data) => setDigest(data.value)} />
        </Field>
        <Field label="Time zone" hint="As the IANA names it, such as Europe/Berlin" validationMessage={fieldError(save.error, '/time_zone')}>
          <Input value={zone} onChange={(_, data) => setZone(data.value)} />
        </Field>
        <Field
          label="Quiet hours"
          hint="One span a line: 22:00-07:00, or saturday sunday 00:00-00:00"
          validationMessage={'wrong' in hours ? `“${hours.wrong}” is no span` : fieldError(save.error, '/quiet_hours')}
        >
          <Textarea value={quiet} onChange={(_, data) => setQuiet(data.value)} />
        </Field>
      </div>
      {made.length > 0 && (
        <div role="status">
          <p>Webhooks are signed with these secrets. They are shown this once.</p>
          <ul className="plain">
            {made.map((webhook) => (
              <li key={webhook.url}>
                {webhook.url} <code>{webhook.secret}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <ProblemBar error={save.error} />
      <div className="actions">
        <Button type="submit" appearance="primary" disabled={!may('configure') || save.isPending || 'wrong' in hours}>
          Save notifications
        </Button>
      </div>
    </form>
  );
}

function hosts(known: string[]): string {
  if (known.length === 0) return 'This installation lets webhooks go nowhere; ask its operator';
  return `One address a line, at ${known.join(', ')}`;
}
