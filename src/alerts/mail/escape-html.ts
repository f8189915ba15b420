const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML shows it, in elements and quoted attributes; what no reader can see, or what turns the direction of writing, becomes a question mark. Pure. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');
}

/** A text without control characters and without characters that nobody sees or that turn the direction of writing; line breaks stay. Pure. */
export function visible(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** A text for a line of a header: visible, without any line break, and of a length that headers can bear. Pure. */
export function headerText(text: string, max = 200): string {
  const line = visible(text.replace(/\s+/g, ' ').trim());
  return [...line].length <= max ? line : `${[...line].slice(0, max - 1).join('')}…`;
}
