// How a cloud directory is signed in to: the certificate to upload, the permissions with their reasons, the last check.
import { Button } from '@fluentui/react-components';

import { useAct } from '../api/act';
import { client, read } from '../api/client';
import type { Directory, Schemas } from '../api/types';
import { Copyable } from '../ui/Copyable';
import { ProblemBar } from '../ui/ProblemBar';
import { State, type Tone } from '../ui/State';
import { Table } from '../ui/Table';
import { time } from '../util/format';
import { useMay, useTenant } from './tenant';

type SignIn = Schemas['CloudSignIn'];

const GRANT: Record<Schemas['Grant'], { tone: Tone; text: string }> = {
  granted: { tone: 'good', text: 'Granted' },
  missing: { tone: 'bad', text: 'Missing' },
  unknown: { tone: 'wait', text: 'Not checked yet' },
};

export function CloudSignIn({ directory, signIn }: { directory: Directory; signIn: SignIn }) {
  const tenant = useTenant();
  const may = useMay();
  const path = { tenant, directory: directory.id };
  const check = useAct(() => read(client.POST('/v1/tenants/{tenant}/directories/{directory}/check', { params: { path } })));
  const renew = useAct((_: void, header) =>
    read(client.POST('/v1/tenants/{tenant}/directories/{directory}/certificate', { params: { path, header } })),
  );
  return (
    <section className="card stack" aria-labelledby="sign-in">
      <div className="head">
        <h2 id="sign-in">Sign-in</h2>
        <Button disabled={!may('configure') || renew.isPending || Boolean(signIn.next_certificate)} onClick={() => renew.mutate()}>
          Make the next key
        </Button>
        <Button appearance="primary" disabled={!may('configure') || check.isPending} onClick={() => check.mutate(undefined)}>
          {check.isPending ? 'Checking' : 'Check now'}
        </Button>
      </div>
      <p className="muted">
        {signIn.label}
        {signIn.checked_at ? `, checked ${time(signIn.checked_at)}` : ', never checked'}
      </p>
      <ProblemBar error={check.error ?? renew.error} />
      {signIn.fault && <Fault fault={signIn.fault} />}
      {signIn.certificate && <Certificate title="Certificate" certificate={signIn.certificate} />}
      {signIn.next_certificate && <Certificate title="Next certificate" certificate={signIn.next_certificate} />}
      {signIn.next_fault && <Fault fault={signIn.next_fault} />}
      <Permissions permissions={signIn.permissions} />
      <p>
        An administrator of the directory tenant adds these permissions to the app registration and{' '}
        <a href={signIn.consent_url} target="_blank" rel="noreferrer">
          grants them
        </a>
        . They are what the profiles read and write, and nothing more.
      </p>
    </section>
  );
}

function Fault({ fault }: { fault: Schemas['CloudFault'] }) {
  return (
    <div className="notice stack" role="alert">
      <strong>{fault.message}</strong>
      <p>{fault.next_step}</p>
      <code>{fault.code}</code>
    </div>
  );
}

function Certificate({ title, certificate }: { title: string; certificate: Schemas['CloudCertificate'] }) {
  return (
    <div className="stack">
      <h3>{title}</h3>
      <p>
        Upload it to the app registration. Its thumbprint there is {certificate.thumbprint}; it ends {time(certificate.expires_at)}. The
        private key never leaves the service.
      </p>
      <Copyable label={title} text={certificate.pem} />
    </div>
  );
}

export function Permissions({ permissions }: { permissions: SignIn['permissions'] }) {
  return (
    <Table
      label="Permissions"
      rows={permissions}
      id={(permission) => permission.name}
      empty="No permission is needed yet."
      columns={[
        { title: 'Permission', cell: (permission) => permission.name },
        { title: 'State', cell: (permission) => <State {...GRANT[permission.grant]} /> },
        {
          title: 'Needed for',
          cell: (permission) => (
            <ul className="plain">
              {permission.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}
