// Drafts of another product's exported configuration.
import { DraftImport } from '../forms/DraftImport';
import { Screen } from '../ui/Screen';

export function Drafts() {
  return (
    <Screen
      title="Come from another product"
      about="An exported configuration becomes drafts and a report. Nothing is stored until you save a draft, and a saved one changes nothing until a plan of it is approved."
    >
      <DraftImport />
    </Screen>
  );
}
