import { asObject, asString, type Diagnostic, type JsonObject, type Span } from '#core';
import { type Effective, specOf } from './effective.ts';
import { errorAt } from './finding.ts';
import { createPositions } from './positions.ts';
import { type Placeholder, splitPromptText } from './prompt-text.ts';
import { suggest } from './suggest.ts';

const RULE = 'prompt/variable';
const SOURCES = ['consumer', 'label', 'metadata', 'header', 'date'];
/** Sources that always have a value. */
const CERTAIN: ReadonlySet<string> = new Set(['consumer', 'date']);
/** Headers by which callers prove who they are: none of them is for a model to read. */
const CREDENTIAL = /authorization|cookie|api-?key|token|secret|signature|password/i;

/** Names in the texts of routes that no variable has, and variables that cannot be filled in; a finding stands at the braces. Pure. */
export function checkPrompts(routes: Iterable<Effective>, texts: ReadonlyMap<string, string>): readonly Diagnostic[] {
  return [...routes].flatMap((route) => {
    const prompt = asObject(specOf(route).prompt);
    const variables = asObject(prompt.variables);
    return [
      ...['prepend', 'append'].flatMap((field) => checkText(route, field, asString(prompt[field]), variables, texts)),
      ...Object.keys(variables).flatMap((name) => checkVariable(route, name, asObject(variables[name]))),
    ];
  });
}

function checkText(
  route: Effective,
  field: string,
  text: string | undefined,
  variables: JsonObject,
  texts: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  if (text === undefined) return [];
  const names = Object.keys(variables);
  return splitPromptText(text).flatMap((piece) => {
    if (typeof piece === 'string' || (piece.name !== null && names.includes(piece.name))) return [];
    const at = spanOf(route.valueSpan(['spec', 'prompt', field]), text, piece, texts);
    if (piece.name === null) {
      const hint = 'Write `{{name}}` for a variable, and `\\{{` for two braces.';
      return [errorAt(at, { rule: RULE, message: `\`${field}\`: \`{{\` begins no name of a variable`, hint })];
    }
    const meant = suggest(piece.name, names);
    const hint = meant
      ? `Did you mean \`${meant}\`?`
      : `Say under \`prompt.variables\` where \`${piece.name}\` comes from.`;
    return [errorAt(at, { rule: RULE, message: `\`${field}\`: there is no variable \`${piece.name}\``, hint })];
  });
}

/** Placeholders stand in a file as they stand in the value, whatever the form of the scalar: the nth is the nth. */
function spanOf(span: Span, text: string, { start, end }: Placeholder, texts: ReadonlyMap<string, string>): Span {
  const file = texts.get(span.file);
  if (file === undefined) return span;
  const mark = text.slice(start, end);
  let nth = 0;
  for (let at = text.indexOf(mark); at !== -1 && at < start; at = text.indexOf(mark, at + 1)) nth++;
  let found = file.indexOf(mark, span.start);
  for (; nth > 0 && found !== -1; nth--) found = file.indexOf(mark, found + 1);
  if (found === -1 || found + mark.length > span.end) return span;
  return createPositions(span.file, file).span(found, found + mark.length);
}

function checkVariable(route: Effective, name: string, variable: JsonObject): readonly Diagnostic[] {
  const path = ['spec', 'prompt', 'variables', name];
  const report = (message: string, hint: string, ...field: readonly string[]) =>
    errorAt(field.length === 0 ? route.keySpan(path) : route.valueSpan([...path, ...field]), {
      rule: RULE,
      message,
      hint,
    });
  const sources = SOURCES.filter((source) => variable[source] !== undefined);
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    const message = `variable \`${name}\` has ${source === undefined ? 'no source' : `the sources ${sources.join(' and ')}`}`;
    return [report(message, `Give it one of ${SOURCES.map((each) => `\`${each}\``).join(', ')}.`)];
  }
  if (source === 'header' && CREDENTIAL.test(String(variable.header))) {
    const message = `variable \`${name}\`: the header \`${variable.header}\` carries credentials`;
    return [report(message, 'No model may read it; choose another header.', 'header')];
  }
  if (!CERTAIN.has(source)) {
    if (variable.default !== undefined) return [];
    const message = `variable \`${name}\` has no \`default\`, and a request may come without the ${source}`;
    return [report(message, 'Say what stands there then; it may be an empty text.')];
  }
  const needless = ['default', 'values', ...(source === 'date' ? ['maxLength'] : [])].find(
    (key) => variable[key] !== undefined,
  );
  if (needless === undefined) return [];
  return [
    report(
      `variable \`${name}\`: a ${source} is always there, so \`${needless}\` says nothing`,
      'Remove it.',
      needless,
    ),
  ];
}
