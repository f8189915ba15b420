import type { Scalar } from 'yaml';

/** One scalar on one line, in its canonical spelling; numbers, booleans and nulls stay as they were written. Pure. */
export function formatScalar(node: Scalar, isInFlow: boolean): string {
  const { value } = node;
  if (typeof value !== 'string') return node.source || (isInFlow ? 'null' : '');
  const wasPlain = node.type === 'PLAIN' && node.source === value;
  if (wasPlain && !value.includes('\n')) return value;
  return canBePlain(value, isInFlow) ? value : quote(value);
}

/** A literal or folded block scalar with its lines moved under `indent`; null where it has to be quoted instead. Pure. */
export function formatBlockScalar(node: Scalar, text: string, indent: string): readonly string[] | null {
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return null;
  const source = text.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  const [head = '', ...body] = source.split('\n');
  const mark = /^[|>][+-]?/.exec(head)?.[0];
  if (mark === undefined || /^[|>][+-]?\d|^[|>]\d/.test(head)) return null;
  if (body.at(-1) === '') body.pop();
  const first = body.find((line) => line.trim() !== '') ?? '';
  const depth = first.length - first.trimStart().length;
  const lines = body.map((line) => (line.length <= depth ? '' : indent + line.slice(depth)));
  if (!mark.endsWith('+')) while (lines.at(-1)?.trim() === '') lines.pop();
  return [mark, ...lines];
}

/** Words and shapes that YAML 1.1 or 1.2 would read as something else than text. */
const OTHER_TYPE = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.?\d[\d_.,:+eExXoOa-fA-F-]*(?:[Tt ][\d:.+Z -]*)?)$/i;
/** Globs, money and schedules: legal without quotes, but easily taken for an alias or a number. */
const DOUBTFUL = /\*|^\d.*\s/;
const PLAIN = /^[\p{L}\d/_$(^+][^\p{Cc}\ufeff]*$/u;

/** Stricter than YAML asks for, so that a text that was quoted keeps its quotes where a reader could doubt. */
function canBePlain(text: string, isInFlow: boolean): boolean {
  if (!PLAIN.test(text) || OTHER_TYPE.test(text) || DOUBTFUL.test(text) || text.trim() !== text) return false;
  if (/:(?:\s|$)|\s#/.test(text)) return false;
  return !isInFlow || !/[,[\]{}]|:[,[\]{}"']/.test(text);
}

function quote(text: string): string {
  const prefersSingle = /["\\]/.test(text) && !/[\p{Cc}\ufeff\u2028\u2029\u0085]/u.test(text);
  return prefersSingle ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}
