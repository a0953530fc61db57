// When a profile runs by itself. Saved on the version that was read; the server says what comes of it.
import { Checkbox, Field, Input, Select } from '@fluentui/react-components';
import { useState } from 'react';

import { useAct } from '../api/act';
import { client, ifMatch, read } from '../api/client';
import type { Schemas } from '../api/types';
import type { ScheduledProfile } from '../components/schedule/tree';
import { useTenant } from '../components/tenant';
import { Confirm } from '../ui/Confirm';
import { fieldError } from '../ui/ProblemBar';

const DAYS: Schemas['Day'][] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const OWN = ['profile', 'never'];

const words = (text: string) =>
  text
    .split(/[\s,]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '');

type Props = { profile: ScheduledProfile; timeZone: string; onClose: () => void };

export function ScheduleForm({ profile, timeZone, onClose }: Props) {
  const tenant = useTenant();
  const before = profile.schedule;
  const [interval, setInterval] = useState(OWN.includes(before.interval) ? before.interval : 'own');
  const [every, setEvery] = useState(OWN.includes(before.interval) ? 'PT30M' : before.interval);
  const [times, setTimes] = useState((before.calendar.at ?? []).join(', '));
  const [days, setDays] = useState<Schemas['Day'][]>(before.calendar.days ?? []);
  const [from, setFrom] = useState(before.calendar.between?.from ?? '');
  const [to, setTo] = useState(before.calendar.between?.to ?? '');
  const [policy, setPolicy] = useState(before.next_policy);
  const save = useAct(
    () =>
      read(
        client.PATCH('/v1/tenants/{tenant}/profiles/{profile}/schedule', {
          params: { path: { tenant, profile: profile.profile }, header: ifMatch(before.version) },
          body: {
            interval: interval === 'own' ? every.trim() : interval,
            calendar: { at: words(times), days, between: from && to ? { from, to } : null },
            next_policy: policy,
          },
        }),
      ),
    onClose,
  );
  const toggle = (day: Schemas['Day'], on: boolean) => setDays(on ? [...days, day] : days.filter((one) => one !== day));
  return (
    <Confirm
      title={`When “${profile.name}” runs by itself`}
      yes="Save the schedule"
      busy={save.isPending}
      error={save.error}
      onYes={() => save.mutate(undefined)}
      onClose={onClose}
    >
      <div className="fields">
        <Field label="Interval" validationMessage={fieldError(save.error, '/interval')}>
          <Select value={interval} onChange={(_, data) => setInterval(data.value)}>
            <option value="profile">As the profile says</option>
            <option value="never">None</option>
            <option value="own">Its own</option>
          </Select>
        </Field>
        {interval === 'own' && (
          <Field label="Every" hint="Such as PT15M or PT2H, at least a minute">
            <Input value={every} onChange={(_, data) => setEvery(data.value)} />
          </Field>
        )}
        <Field label="Only from" hint="Such as 06:00; empty is the whole day" validationMessage={fieldError(save.error, '/calendar/between/to')}>
          <Input value={from} onChange={(_, data) => setFrom(data.value)} />
        </Field>
        <Field label="Until">
          <Input value={to} onChange={(_, data) => setTo(data.value)} />
        </Field>
        <Field label="And at these times of day" hint="Such as 06:00, 18:30" validationMessage={fieldError(save.error, '/calendar/at')}>
          <Input value={times} onChange={(_, data) => setTimes(data.value)} />
        </Field>
        <Field label="The next start by time imports">
          <Select value={policy} onChange={(_, data) => setPolicy(data.value as Schemas['Policy'])}>
            <option value="delta">What changed</option>
            <option value="initial">Everything, once</option>
          </Select>
        </Field>
      </div>
      <fieldset className="plain-set">
        <legend>Only on these days; none is every day</legend>
        {DAYS.map((day) => (
          <Checkbox key={day} label={day} checked={days.includes(day)} onChange={(_, data) => toggle(day, data.checked === true)} />
        ))}
      </fieldset>
      <p className="muted">Times are those of {timeZone}.</p>
    </Confirm>
  );
}
