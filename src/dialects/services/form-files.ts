import { asNumber, asObject, isObject, type JsonObject } from '#core';

/** A file of a form, as `readRequest` sees it: never its bytes. */
export interface FormFile {
  readonly filename: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/** Every file in the fields of a form. Pure. */
export function filesIn(body: JsonObject): readonly FormFile[] {
  return Object.values(body)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isFile);
}

function isFile(value: unknown): value is FormFile {
  return isObject(value) && asNumber(value.sizeBytes) !== undefined && typeof asObject(value).filename === 'string';
}
