import { parse } from 'yaml';

/** A table; a bar or a line break in a cell would end it, so both are written differently. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** A value as YAML writes it in one line; text that YAML would read as something else is quoted. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => `${flowText(key)}: ${flowText(each)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value !== 'string' || isPlain(value) ? String(value) : JSON.stringify(value);
}

export function paragraphs(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Whether YAML reads the bare text as that text, within brackets too. */
function isPlain(text: string): boolean {
  return /^[\w/][\w ./%-]*$/.test(text) && parse(text) === text;
}
