import { asObject, asString, isObject, type JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';

type PartForms = NonNullable<OutboundTarget['quirks']['parts']>;

/**
 * Messages with the parts that a host has in a form of its own: sounds as their text alone, files as `document_url`, refusals as
 * text. The same list where there are none. Pure.
 */
export function fitParts(messages: unknown, forms: PartForms): unknown {
  if (!Array.isArray(messages)) return messages;
  const fitted = messages.map((message) => (isObject(message) ? fitMessage(message, forms) : message));
  return fitted.some((message, at) => message !== messages[at]) ? fitted : messages;
}

function fitMessage(message: JsonObject, forms: PartForms): JsonObject {
  const { content, refusal, ...rest } = message;
  const parts = Array.isArray(content)
    ? content.map((part) => (isObject(part) ? fitPart(part, forms) : part))
    : content;
  const isChanged = Array.isArray(parts) && Array.isArray(content) && parts.some((part, at) => part !== content[at]);
  const words = forms.refusal === 'text' ? asString(refusal) : undefined;
  if (words === undefined) {
    const isEmpty = forms.refusal === 'text' && refusal === null;
    if (!isChanged && !isEmpty) return message;
    return isEmpty ? { ...rest, content: parts } : { ...message, content: parts };
  }
  if (Array.isArray(parts)) return { ...rest, content: [...parts, { type: 'text', text: words }] };
  return { ...rest, content: `${asString(parts) ?? ''}${words}` };
}

function fitPart(part: JsonObject, forms: PartForms): JsonObject {
  if (part.type === 'input_audio' && forms.inputAudio === 'text') {
    const data = asString(asObject(part.input_audio).data);
    return data === undefined ? part : { ...part, input_audio: data };
  }
  if (part.type === 'file' && forms.file === 'document_url') {
    const { file_data, file_id, filename } = asObject(part.file);
    const data = asString(file_data);
    if (data === undefined) return asString(file_id) === undefined ? part : { type: 'file', file_id };
    const url = /^(data:|https?:)/i.test(data) ? data : `data:application/pdf;base64,${data}`;
    return { type: 'document_url', document_url: url, ...(filename === undefined ? {} : { document_name: filename }) };
  }
  return part;
}
