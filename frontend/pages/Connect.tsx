// Connects a directory.
import { ConnectForm } from '../forms/ConnectForm';
import { Screen } from '../ui/Screen';

export function Connect() {
  return (
    <Screen title="Connect a directory" about="No password is asked for here: it stays on the host of the agent.">
      <ConnectForm />
    </Screen>
  );
}
