import { asArray, asNumber, asObject, asString, type Citation, type JsonObject } from '#core';
import { nameOfType } from '../answer-losses.ts';

/**
 * Reads `annotations` of a message or delta. Ranges count characters of the whole content; an empty range, as hosts send
 * that know the source alone, stands for all of it. Kinds other than `url_citation` are named by `unread`. Pure but for `unread`.
 */
export function readAnnotations(value: unknown, unread: (what: string) => void): Citation[] {
  return asArray(value).flatMap((item): Citation[] => {
    const annotation = asObject(item);
    const cited = asObject(annotation.url_citation);
    const url = asString(cited.url);
    if (url === undefined) {
      unread(`annotations (${nameOfType(annotation.type)})`);
      return [];
    }
    const title = asString(cited.title);
    const start = asNumber(cited.start_index);
    const end = asNumber(cited.end_index);
    const passage = asString(cited.content);
    return [
      {
        ...(start !== undefined && end !== undefined && end > start ? { start, end } : {}),
        source: { kind: 'url', url, ...(title === undefined ? {} : { title }) },
        ...(passage === undefined ? {} : { passage }),
        own: { dialect: 'openai-chat', value: annotation },
      },
    ];
  });
}

/** Perplexity's `search_results`, or its older `citations`: the sources of the whole answer, which its text numbers as [1], [2]. Pure. */
export function readSources(body: JsonObject): Citation[] {
  const results = asArray(body.search_results).map(asObject);
  const listed = results.length > 0 ? results : asArray(body.citations).map((url) => ({ url }) as JsonObject);
  return listed.flatMap((result): Citation[] => {
    const url = asString(result.url);
    const title = asString(result.title);
    return url === undefined ? [] : [{ source: { kind: 'url', url, ...(title === undefined ? {} : { title }) } }];
  });
}

/** Fields beside the choices that hold content and that no other dialect has. */
const BESIDE = ['related_questions', 'images', 'videos', 'executed_tools'] as const;

/** Names those of them that hold something. */
export function nameBeside(body: JsonObject, unread: (what: string) => void): void {
  for (const name of BESIDE) if (asArray(body[name]).length > 0) unread(name);
}

/** Writes one as an annotation of these words of the content; nothing where the source is no page of the web, which `lose` names. */
export function writeAnnotation(
  citation: Citation,
  range: { readonly start: number; readonly end: number },
  lose: ((what: string) => void) | undefined,
): JsonObject[] {
  const { source, own } = citation;
  if (own?.dialect === 'openai-chat') return [own.value];
  if (source.kind !== 'url') {
    lose?.(`citations (${source.kind})`);
    return [];
  }
  const { url, title = url } = source;
  return [{ type: 'url_citation', url_citation: { start_index: range.start, end_index: range.end, url, title } }];
}
