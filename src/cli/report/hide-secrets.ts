import type { Diagnostic } from '#core';

/** Rules whose place is itself the secret. */
const SECRET_RULES: ReadonlySet<string> = new Set(['secret/literal', 'secret/in-url']);

/** The texts with the secrets that findings point at blacked out, every offset kept: another finding's frame may show the same line. Pure. */
export function hideFoundSecrets(
  texts: ReadonlyMap<string, string>,
  findings: readonly Diagnostic[],
): ReadonlyMap<string, string> {
  const hidden = new Map(texts);
  for (const { rule, file, span } of findings) {
    const text = hidden.get(file);
    if (!SECRET_RULES.has(rule) || !span || text === undefined) continue;
    const { start, end } = span;
    hidden.set(file, text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, '•') + text.slice(end));
  }
  return hidden;
}
