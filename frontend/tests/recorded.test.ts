// What the component tests are fed is what the contract allows.
import { readFileSync } from 'node:fs';

import { Ajv2020 } from 'ajv/dist/2020';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import * as recorded from './recorded';

const contract = parse(readFileSync('../openapi.yaml', 'utf8')) as { components?: object };
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'contract', components: contract.components ?? {} });

describe('recorded answers keep the contract', () => {
  test.each([
    ['Directory', recorded.directory],
    ['Agent', recorded.agent],
    ['ProfileSummary', recorded.profile],
    ['Profile', recorded.document],
    ['WhatIf', recorded.whatIf],
    ['WhatIfPatterns', recorded.patterns],
    ['PlannedOperation', recorded.operation(1)],
    ['ObjectSummary', recorded.object],
    ['ObjectReport', recorded.objectReport],
    ['Run', recorded.run],
    ['Message', recorded.message],
    ['Message', recorded.directoryMessage],
    ['MessageCounts', recorded.messageCounts],
    ['Notifications', recorded.notifications],
    ['Previewed', recorded.previewed],
    ['Checklist', recorded.checklist],
    ['Usage', recorded.usage],
    ['ProblemBody', recorded.refusal],
    ['TemplateSummary', recorded.templateSummary],
    ['TemplateView', recorded.template],
    ['TemplatePreview', recorded.templatePreview],
    ['Me', recorded.me],
    ['RuleResourceView', recorded.lookupTable],
    ['RuleResourceView', recorded.namedExpression],
    ['RuleResourceChecked', recorded.resourceChecked],
    ['Scheduler', recorded.scheduler],
  ])('%s', (name, answer) => {
    const validate = ajv.compile({ $ref: `contract#/components/schemas/${name}` });

    validate(answer);

    expect(validate.errors ?? []).toEqual([]);
  });
});
