// Creates a profile from a form.
import { NewProfileForm } from '../forms/NewProfileForm';
import { Screen } from '../ui/Screen';

export function NewProfile() {
  return (
    <Screen title="Create a profile" about="It changes nothing until a plan of it is approved.">
      <NewProfileForm />
    </Screen>
  );
}
