import { escapeHtml } from './escape-html.ts';
import { figureTable } from './figure-table.ts';
import { cell, row, TABLE, table } from './html-table.ts';
import type { MailBlock, MailPage } from './mail-page.ts';
import { headStyles, TONES } from './mail-styles.ts';

const FONT =
  "font-family:-apple-system,'Segoe UI',Roboto,'Hiragino Sans','Yu Gothic UI',Meiryo,'Noto Sans CJK JP',Arial,sans-serif";
const MONO = 'font-family:ui-monospace,Menlo,Consolas,monospace';
/** Characters of 13 px. */
const LONGEST_COMMAND = 36;
const LABEL = 'padding:6px 12px 6px 0;color:#475467;vertical-align:top';
const VALUE = 'padding:6px 0;color:#101828;font-weight:600;vertical-align:top;overflow-wrap:anywhere';

/**
 * A mail page as HTML that mail clients show: tables, styles in place, nothing loaded from outside. Every text is escaped; a link that is neither https, http
 * nor mailto is shown as text. Pure.
 */
export function renderHtml(page: MailPage): string {
  const tone = TONES[page.tone];
  const { ink, wash } = tone;
  return `<!doctype html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(page.title)}</title>
<style>${headStyles(tone)}</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#f2f4f7">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(page.preview)}</div>
<table role="presentation" class="ground" style="${TABLE};background:#f2f4f7"><tr><td align="center" class="ground" style="padding:16px 8px">
<table role="presentation" class="card" style="${TABLE};max-width:640px;background:#ffffff;border:1px solid #e4e7ec;border-radius:8px;${FONT};font-size:15px;line-height:1.5;color:#101828">
<tr><td class="head" style="padding:20px 24px;background:${wash};border-top:4px solid ${ink};border-radius:8px 8px 0 0">
<div class="badge" style="font-size:12px;font-weight:700;letter-spacing:.06em;text-transform:uppercase;color:${ink}">${escapeHtml(page.badge)}</div>
<h1 style="margin:4px 0 0;font-size:20px;line-height:1.35;overflow-wrap:anywhere;text-wrap:balance">${withWholeFigures(page.title)}</h1>
</td></tr>
<tr><td style="padding:8px 24px 20px">
${page.blocks.map(block).join('\n')}
</td></tr>
<tr><td class="soft edge" style="padding:14px 24px;border-top:1px solid #e4e7ec;font-size:12px;color:#475467;overflow-wrap:anywhere">
${page.footer.map((line) => `<div>${escapeHtml(line)}</div>`).join('\n')}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

function block(each: MailBlock): string {
  switch (each.kind) {
    case 'paragraph':
      return `<p style="margin:12px 0;overflow-wrap:anywhere">${escapeHtml(each.text)}</p>`;
    case 'heading':
      return `<h2 class="strong" style="margin:22px 0 4px;font-size:15px;color:#101828">${escapeHtml(each.text)}</h2>`;
    case 'section':
      return `<h2 class="strong edge" style="margin:28px 0 4px;padding-top:20px;border-top:1px solid #e4e7ec;font-size:17px;line-height:1.35;color:#101828;overflow-wrap:anywhere">${withWholeFigures(each.text)}</h2>`;
    case 'facts':
      return table(
        each.rows.map(([label, value]) => row(cell(label, `${LABEL};width:38%`, 'soft'), cell(value, VALUE, 'strong'))),
      );
    case 'table':
      return figureTable(each);
    case 'list':
      return `<ol style="margin:6px 0;padding-left:22px">${each.items.map((item) => `<li style="margin:4px 0;overflow-wrap:anywhere">${each.hasCode === true ? withCode(item) : escapeHtml(item)}</li>`).join('')}</ol>`;
    case 'chart':
      return chart(each);
    case 'code':
      return `<div class="code" style="margin:8px 0;padding:8px 10px;background:#f2f4f7;border-radius:4px;${MONO};font-size:13px;overflow-wrap:anywhere">${escapeHtml(each.text)}</div>`;
    case 'links':
      return `<p style="margin:16px 0 4px">${each.links.map(link).join(' ')}</p>`;
  }
}

/** A date or an amount does not break: `2026-11-16`, `39.60 USD`. */
function withWholeFigures(text: string): string {
  return escapeHtml(text).replace(
    /\b\d{4}-\d\d-\d\d\b|\b\d[\d.,]* [A-Z]{3}\b/g,
    '<span style="white-space:nowrap">$&</span>',
  );
}

/** A command stays on one line where a phone has room for it. */
function withCode(text: string): string {
  const style = `padding:1px 4px;background:#f2f4f7;border-radius:3px;${MONO};font-size:13px`;
  return escapeHtml(text).replace(/`([^`]+)`/g, (_, code: string) => {
    const wrap = code.length > LONGEST_COMMAND ? '' : ';white-space:nowrap';
    return `<code class="code" style="${style}${wrap}">${code}</code>`;
  });
}

function chart({ cid, alt, title, top, labels, legend }: Extract<MailBlock, { kind: 'chart' }>): string {
  const small = 'padding:2px 0;font-size:11px;color:#475467;white-space:nowrap';
  const across = `colspan="${labels.length}"`;
  const keys = legend.map(({ text, colour }) => {
    const swatch = `display:inline-block;width:9px;height:9px;border-radius:2px;margin:0 5px 0 10px;background:${escapeHtml(colour)}`;
    return `<span style="white-space:nowrap"><span style="${swatch}"></span>${escapeHtml(text)}</span> `;
  });
  const name = (text: string) =>
    `<td class="soft" style="${small};text-align:center;width:${(100 / Math.max(1, labels.length)).toFixed(2)}%">${escapeHtml(text)}</td>`;
  return `<table role="presentation" class="whole" style="${TABLE};margin:10px 0;table-layout:fixed">
<tr><td ${across} class="soft" style="${small};white-space:normal"><span style="float:right">${keys.join('')}</span>${escapeHtml(`${title} · ${top}`)}</td></tr>
<tr><td ${across} style="padding:0"><img src="cid:${escapeHtml(cid)}" alt="${escapeHtml(alt)}" width="592" style="display:block;width:100%;max-width:592px;height:auto"></td></tr>
<tr>${labels.map(name).join('')}</tr>
</table>`;
}

function link({ text, url }: { readonly text: string; readonly url: string }): string {
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return escapeHtml(`${text}: ${url}`);
  const style =
    'display:inline-block;margin:0 8px 8px 0;padding:8px 14px;background:#344054;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600;font-size:14px';
  return `<a href="${escapeHtml(url)}" class="button" style="${style}">${escapeHtml(text)}</a>`;
}
