// Whether a directory can be worked with, and what is missing if not.
import type { Directory } from '../api/types';
import { State, type Tone } from '../ui/State';

export function healthOf({ agents, baseline, cloud, kind, settings }: Directory): { tone: Tone; text: string } {
  if (cloud) return cloudHealth(cloud, baseline);
  if (agents.confirmed === 0) return { tone: 'wait', text: 'Needs an agent' };
  if (agents.connected === 0) return { tone: 'bad', text: 'Agent offline' };
  switch (agents.credential) {
    case 'missing':
      return { tone: 'wait', text: 'Needs a credential' };
    case 'refused':
      return { tone: 'bad', text: 'Credential refused' };
    case 'present':
    case null:
    case undefined:
      if (kind === 'hr-file' && !settings.file) return { tone: 'wait', text: 'Needs a file format' };
      return baseline ? { tone: 'good', text: 'Connected' } : { tone: 'wait', text: 'Needs a full import' };
  }
}

function cloudHealth(cloud: NonNullable<Directory['cloud']>, baseline: boolean): { tone: Tone; text: string } {
  if (!cloud.checked_at) return { tone: 'wait', text: 'Needs a check' };
  if (cloud.fault) return { tone: 'bad', text: 'Cannot sign in' };
  if (!cloud.ready) return { tone: 'bad', text: 'Lacks permissions' };
  return baseline ? { tone: 'good', text: 'Connected' } : { tone: 'wait', text: 'Needs a full import' };
}

export function DirectoryHealth({ directory }: { directory: Directory }) {
  return (
    <>
      <State {...healthOf(directory)} />
      {directory.cloud?.simulated && <State tone="plain" text={directory.cloud.label} />}
    </>
  );
}
