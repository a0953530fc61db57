// A lookup table or named expression that is not saved yet.
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { ResourceEditor } from '../components/resources/ResourceEditor';
import { newResource } from '../components/resources/draft';

const route = getRouteApi('/t/$tenant/tables/new');

export function NewResource() {
  const { kind = 'table' } = route.useSearch();
  return <Editor key={kind} kind={kind} />;
}

function Editor({ kind }: { kind: 'table' | 'expression' }) {
  const [start] = useState(() => newResource(kind));
  return <ResourceEditor start={start} />;
}
