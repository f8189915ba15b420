import type { Diagnostic, Severity } from '#core';
import { countText, namedEnvironments, type Report } from './report.ts';
import { safeText } from './safe-text.ts';

const WORDS: Readonly<Record<Severity, string>> = { error: '🛑 error', warn: '⚠️ warning', info: 'ℹ️ info' };

/** A comment for a pull request: the counts, then one row per finding. Pure. */
export function writeMarkdown(report: Report): string {
  const head = `### signalbox ${report.verb}: ${countText(report.findings)}`;
  const parts = [head, escapeCell(report.scope)];
  if (report.findings.length > 0) {
    parts.push(
      [
        '| | where | rule | finding |',
        '|---|---|---|---|',
        ...report.findings.map((finding) => row(finding, report)),
      ].join('\n'),
    );
  }
  parts.push(...report.notes.map(escapeCell));
  return `${parts.join('\n\n')}\n`;
}

function row(finding: Diagnostic, report: Report): string {
  const { severity, rule, file, line, message, hint } = finding;
  const environments = namedEnvironments(finding, report);
  const where = `${codeSpan(`${report.pathOf(file)}:${line}`)}${environments.length > 0 ? `<br>${environments.map(escapeCell).join(', ')}` : ''}`;
  const text = hint === undefined ? escapeCell(message) : `${escapeCell(message)}<br>${escapeCell(hint)}`;
  return `| ${WORDS[severity]} | ${where} | ${codeSpan(rule)} | ${text} |`;
}

/** Backticks of messages stay code; everything that could become HTML, a link, an image or another cell is disarmed outside of them. */
export function escapeCell(text: string): string {
  const pieces = safeText(text).split('`');
  const isBalanced = pieces.length % 2 === 1 && !text.includes('``');
  const escaped = pieces.map((piece, at) => (isBalanced && at % 2 === 1 ? codeSpan(piece) : escapeText(piece)));
  return isBalanced ? escaped.join('') : escaped.join('\\`');
}

/** A backslash does not stop GitHub from mentioning, linking an issue or a bare address: those are found after rendering, and a zero-width space between parts them. */
function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\*_[\]|~!]/g, (character) => `\\${character}`)
    .replace(/[@#]|www(?=\.)|GH(?=-)|:(?=\/\/)/gi, (found) => `${found}&#8203;`);
}

/** A code span in a table: the bar is the one character that must be escaped even there, and the fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const safe = safeText(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${safe} ${fence}` : `\`${safe}\``;
}
