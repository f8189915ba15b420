import { inflateSync } from 'node:zlib';

/** How many pictures are drawn on each page of a PDF of Chromium's, from first to last: a picture that is cut in two is drawn on both pages. Pure. */
export function picturesByPage(pdf: Buffer): readonly number[] {
  const text = pdf.toString('latin1');
  const objects = new Map(
    [...text.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)endobj/g)].map(([, id = '', body = '']) => [id, body]),
  );
  const pictures = new Set(
    [...objects].filter(([, body]) => /\/Subtype\s*\/Image/.test(body) && /\/SMask/.test(body)).map(([id]) => id),
  );
  const pages = [...objects.values()].filter((body) => /\/Type\s*\/Page\b/.test(body));
  return pages.map((page) => {
    const content = contentOf(objects.get(/\/Contents\s+(\d+) 0 R/.exec(page)?.[1] ?? '') ?? '');
    const names = new Map([...page.matchAll(/\/(X\d+)\s+(\d+) 0 R/g)].map(([, name = '', id = '']) => [name, id]));
    return [...content.matchAll(/\/(X\d+) Do/g)].filter(([, name = '']) => pictures.has(names.get(name) ?? '')).length;
  });
}

function contentOf(object: string): string {
  const [, bytes = ''] = /stream\r?\n([\s\S]*?)\r?\nendstream/.exec(object) ?? [];
  return bytes === '' ? '' : inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1');
}
