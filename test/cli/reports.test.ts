import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Diagnostic } from '#core';
import { writeGithub } from '../../src/cli/report/github.ts';
import { hideFoundSecrets } from '../../src/cli/report/hide-secrets.ts';
import { jsonFinding, writeJson } from '../../src/cli/report/json.ts';
import { writeJunit } from '../../src/cli/report/junit.ts';
import { writeMarkdown } from '../../src/cli/report/markdown.ts';
import { maskFinding } from '../../src/cli/report/mask-finding.ts';
import { writePretty } from '../../src/cli/report/pretty.ts';
import type { Report } from '../../src/cli/report/report.ts';
import { writeSarif } from '../../src/cli/report/sarif.ts';
import { sarifProblems } from '../support/sarif-problems.ts';

const NASTY = 'a\u001b[31mb\u0007c\u009bd\u202ee]]>&<script>"\'|`%\r\nf,g:h\ud800';

const finding: Diagnostic = {
  rule: 'fallback/none',
  severity: 'warn',
  file: 'chains/premium.yaml',
  line: 5,
  column: 3,
  message: 'chain `premium` has a single target',
  hint: 'Add a target at another provider.',
  span: { file: 'chains/premium.yaml', line: 5, column: 3, endLine: 5, endColumn: 10, start: 60, end: 67 },
  related: [{ file: 'routes/default.yaml', line: 7, message: 'used here' }],
  witness: { endpoint: 'chat' },
  environments: ['production'],
};
const nasty: Diagnostic = {
  ...finding,
  severity: 'error',
  file: `${NASTY}.yaml`,
  message: NASTY,
  hint: NASTY,
  environments: [NASTY],
};

function report(findings: readonly Diagnostic[], changes: Partial<Report> = {}): Report {
  return {
    verb: 'lint',
    findings,
    json: { version: '0.1.0', exitCode: 1, findings: findings.map(jsonFinding) },
    failLevel: 'error',
    exitCode: 1,
    pathOf: (file) => `policies/${file}`,
    texts: new Map(),
    environments: ['development', 'production'],
    scope: '2 files',
    notes: [],
    ...changes,
  };
}

const look = { hasColours: false, columns: 80, isQuiet: false };
const writers: Readonly<Record<string, (report: Report) => string>> = {
  pretty: (each) => writePretty(each, look),
  json: writeJson,
  sarif: (each) => writeSarif(each, '0.1.0'),
  junit: writeJunit,
  github: writeGithub,
  markdown: writeMarkdown,
};

describe('reports', () => {
  for (const [format, write] of Object.entries(writers)) {
    it(`let no active character of a policy reach a terminal or a tool: ${format}`, () => {
      const text = write(report([nasty, finding]));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ud800]/u);
      assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'));
    });

    it(`name place, rule and message: ${format}`, () => {
      const text = write(report([finding]));
      for (const part of ['premium.yaml', 'fallback/none', 'has a single target']) assert.ok(text.includes(part), part);
    });

    it(`have something to say when there is nothing to report: ${format}`, () => {
      assert.ok(write(report([], { exitCode: 0 })).trim().length > 0);
    });
  }

  it('look good on 80 columns', () => {
    const text = 'kind: Chain\nspec:\n  x: 1\n  y: 2\n  targets: [one]\n  z: 3\n';
    const start = text.indexOf('targets');
    const span = { file: finding.file, line: 5, column: 3, endLine: 5, endColumn: 10, start, end: start + 7 };
    assert.equal(
      writePretty(
        report([{ ...finding, span }], { texts: new Map([[finding.file, text]]), notes: ['One note.'] }),
        look,
      ),
      `policies/chains/premium.yaml:5:3 warning fallback/none
  chain \`premium\` has a single target
    4 |   y: 2
  > 5 |   targets: [one]
      |   ^^^^^^^
    6 |   z: 3
  hint: Add a target at another provider.
  see: policies/routes/default.yaml:7 used here
  request: {"endpoint":"chat"}
  in production

One note.

✔ 1 warning (2 files)
`,
    );
  });

  it('leave out what does not fail when quiet, and the line about everything', () => {
    const quiet = { ...look, isQuiet: true };
    assert.equal(writePretty(report([finding]), quiet), '');
    assert.match(writePretty(report([finding], { failLevel: 'warn' }), quiet), /fallback\/none/);
  });

  it('use colours only where they are wanted', () => {
    assert.ok(writePretty(report([finding]), { ...look, hasColours: true }).includes('\u001b[33mwarning'));
  });

  it('give JSON that fits its schema', () => {
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/lint-report.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const value: { readonly findings: readonly Diagnostic[] } = JSON.parse(
      writeJson(report([finding, nasty, { ...finding, environments: undefined as never }])),
    );
    assert.ok(validate(value), JSON.stringify(validate.errors));
    assert.equal(value.findings[1]?.message, NASTY);
  });

  it('give SARIF with rules, regions and fingerprints that survive moved lines', () => {
    const log = JSON.parse(writeSarif(report([finding, nasty]), '0.1.0'));
    assert.deepEqual(sarifProblems(log), []);
    const [run] = log.runs;
    const [result] = run.results;
    assert.equal(run.tool.driver.rules[result.ruleIndex].id, 'fallback/none');
    assert.match(run.tool.driver.rules[0].help.markdown, /^# fallback\/none/);
    assert.equal(result.level, 'warning');
    assert.deepEqual(result.locations[0].physicalLocation, {
      artifactLocation: { uri: 'policies/chains/premium.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 5, startColumn: 3, endLine: 5, endColumn: 10 },
    });
    assert.equal(result.relatedLocations[0].physicalLocation.region.startLine, 7);
    const moved = JSON.parse(writeSarif(report([{ ...finding, line: 9 }]), '0.1.0')).runs[0].results[0];
    assert.deepEqual(moved.partialFingerprints, result.partialFingerprints);
  });

  it('give JUnit whose counts and markup are right', () => {
    const text = writeJunit(report([nasty, finding]));
    assert.match(text, /<testsuites name="signalbox lint" tests="2" failures="1"/);
    assert.ok(isWellFormed(text), text);
  });

  it('give annotations that GitHub reads', () => {
    const [line] = writeGithub(report([{ ...finding, file: 'a,b:c%.yaml', message: '100% of\nit' }])).split('\n');
    assert.equal(
      line,
      '::warning file=policies/a%2Cb%3Ac%25.yaml,line=5,endLine=5,col=3,endColumn=10,title=fallback/none::100%25 of it%0AAdd a target at another provider.',
    );
  });

  it('give Markdown in which a finding is one row and nothing but text', () => {
    const rows = writeMarkdown(report([nasty]))
      .split('\n')
      .filter((line) => line.startsWith('| 🛑'));
    assert.equal(rows.length, 1);
    const outsideOfCode = (rows[0] ?? '').replace(/`` .*? ``/g, '');
    assert.doesNotMatch(outsideOfCode, /<script|[^\\]\|[^ ]/);
  });

  it('mask keys in the words of a finding and in the lines around it', () => {
    const key = `sk-ant-api03-${'x9Kq2LmT4v'.repeat(3)}`;
    const masked = maskFinding({
      ...finding,
      message: `there is no Chain \`${key}\``,
      witness: { headers: { x: key } },
    });
    assert.ok(!JSON.stringify(masked).includes('x9Kq2'));
    assert.match(masked.message, /••••/);
    const span = { file: 'a.yaml', line: 1, column: 4, endLine: 1, endColumn: 11, start: 3, end: 10 };
    const hidden = hideFoundSecrets(new Map([['a.yaml', 'a: hunter2\nb: 1']]), [
      { ...finding, rule: 'secret/literal', file: 'a.yaml', span },
    ]);
    assert.equal(hidden.get('a.yaml'), 'a: •••••••\nb: 1');
  });
});

/** Tags that open and close in order, no bare ampersand, no bracket outside of tags: what an XML parser minds. */
function isWellFormed(text: string): boolean {
  const open: string[] = [];
  const rest = text
    .replace(/^<\?xml[^?]*\?>/, '')
    .replace(/<(\/?)([\w-]+)((?: \w+="[^"<]*")*)(\/?)>/g, (_, close, name, __, empty) => {
      if (close) return open.pop() === name ? '' : '<';
      if (!empty) open.push(name);
      return '';
    });
  return open.length === 0 && !/[<>]/.test(rest) && !/&(?!(?:amp|lt|gt|quot|apos);)/.test(text);
}
