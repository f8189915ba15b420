/*
 * Bedrock names media by a short format; everybody else by a media type. Both tables are the closed lists of the service's
 * own model (docs.aws.amazon.com/bedrock/latest/APIReference, ImageBlock, DocumentBlock, AudioBlock, read 2026-11).
 */

const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};
const DOCUMENTS: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
};
const AUDIO: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  mp4: 'audio/mp4',
  webm: 'audio/webm',
};
const TABLES = { image: IMAGES, document: DOCUMENTS, audio: AUDIO } as const;
const SPELLINGS: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'application/json': 'text/plain',
  'application/xml': 'text/plain',
  'text/xml': 'text/plain',
};

/** The media type of a format; undefined for one this version does not know. Pure. */
export function mediaTypeOf(kind: keyof typeof TABLES, format: string | undefined): string | undefined {
  return format === undefined ? undefined : TABLES[kind][format];
}

/** The format of a media type; undefined where the API has none. Other texts count as plain text. Pure. */
export function formatOf(kind: keyof typeof TABLES, mediaType: string): string | undefined {
  const [bare = ''] = mediaType.split(';');
  const type = SPELLINGS[bare.trim()] ?? bare.trim();
  const found = Object.entries(TABLES[kind]).find(([, each]) => each === type)?.[0];
  return found ?? (kind === 'document' && type.startsWith('text/') ? 'txt' : undefined);
}
