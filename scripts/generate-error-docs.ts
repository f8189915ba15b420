import { ERRORS, type ErrorCode } from '#core';
import { ERROR_REMEDIES } from './docs/error-remedies.ts';
import { code, paragraphs, table } from './docs/markdown.ts';
import { writePages } from './docs/write-pages.ts';

/** Writes docs/errors/ from the catalogue of errors; with `--check` compares instead and exits 1 when a page is stale, missing or left over. */
const codes = Object.keys(ERRORS) as ErrorCode[];

writePages(
  'docs/errors',
  new Map([['README.md', overview()], ...codes.map((name) => [`${name}.md`, errorPage(name)] as const)]),
  'scripts/generate-error-docs.ts',
);

function overview(): string {
  const rows = codes.map((name) => [
    `[${name}](${name}.md)`,
    String(ERRORS[name].status),
    ERROR_REMEDIES[name].meaning,
    ERROR_REMEDIES[name].retry,
  ]);
  return paragraphs([
    '# Error codes',
    `Generated from \`src/core/errors.ts\` by \`npm run generate\`: ${codes.length} codes. Codes never change once released: decide on them, not on messages.`,
    'An error comes in the shape of the API that was called, so that its client raises its own class of error:',
    table(
      ['API', 'where the code is'],
      [
        ['OpenAI', code('error.code')],
        ['Anthropic', '`error.code`, beside its own `error.type`'],
        ['Gemini', '`error.details[0].reason`, beside its own `error.status`'],
        ['every one', 'the header `x-signalbox-error`'],
      ],
    ),
    '`x-signalbox-request-id` names the decision record; `signalbox explain ID` shows what was decided and why.',
    table(['code', 'status', 'meaning', 'does a retry help?'], rows),
  ]);
}

function errorPage(name: ErrorCode): string {
  const { status, hint } = ERRORS[name];
  const { meaning, causes, remedies, retry } = ERROR_REMEDIES[name];
  return paragraphs([
    `# ${name}`,
    `**${status}** · ${meaning}`,
    `> ${hint}`,
    `## Causes\n\n${list(causes)}`,
    `## What to do\n\n${list(remedies)}`,
    `## Does a retry help?\n\n${retry}`,
  ]);
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `* ${line}`).join('\n');
}
