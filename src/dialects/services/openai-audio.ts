import {
  asNumber,
  asObject,
  asString,
  invalidField,
  type JsonObject,
  NO_USAGE,
  omit,
  type SpeechRequest,
  type TranscriptionRequest,
  type Usage,
} from '#core';
import { readString } from '../read-fields.ts';
import { asIs, modelOf, passAt, readAsIs, textOf } from './fields.ts';
import { filesIn } from './form-files.ts';
import type { Service } from './service.ts';

const SPEECH_KNOWN: ReadonlySet<string> = new Set(['model', 'input', 'instructions']);
const FORM_KNOWN: ReadonlySet<string> = new Set(['model', 'file', 'prompt', 'stream', 'response_format']);
/** OpenAI's own equivalence: whisper-1 at 0.006 USD a minute is gpt-4o-transcribe at 6 USD per million (platform.openai.com, pricing, 2026-11). */
const TOKENS_PER_SECOND = 1000 / 60;

/** `POST /v1/audio/speech` (platform.openai.com/docs/api-reference/audio, read 2026-11): sound, or events that hold it. */
export const openaiSpeech: Service = Object.freeze<Service>({
  kind: 'speech',
  form: 'json',
  readRequest: readSpeech,
  pass: passAt('/audio/speech'),
  writeResponse: asIs,
  writeRequest(request, target) {
    if (request.kind !== 'speech') throw new Error('a request of another kind');
    const { input, instructions, extra } = request;
    const body = {
      ...extra,
      input,
      ...(instructions === undefined ? {} : { instructions }),
      model: target.upstreamModel,
    };
    return { path: '/audio/speech', query: {}, headers: {}, body, lost: [] };
  },
  readResponse: (value) =>
    readAsIs(value, 'usage', (body) => ({ images: 0, texts: [], usage: readAudioUsage(body.usage) })),
  readEvent: (event) => ({ usage: readAudioUsage(event.usage) }),
  mayBeRaw: true,
});

/** `POST /v1/audio/transcriptions`: text, subtitles or events. */
export const openaiTranscription = transcriptionService('/audio/transcriptions');
/** `POST /v1/audio/translations`: the same in English. */
export const openaiTranslation = transcriptionService('/audio/translations');

function transcriptionService(path: string): Service {
  return Object.freeze<Service>({
    kind: 'transcription',
    form: 'multipart',
    readRequest: readTranscription,
    pass: passAt(path),
    writeResponse: asIs,
    writeRequest: () => {
      throw new Error('a recording is never translated to another dialect');
    },
    readResponse: (value) =>
      readAsIs(value, 'text', (body) => ({
        images: 0,
        texts: [asString(body.text) ?? ''],
        usage: readAudioUsage(body.usage) ?? usageOfDuration(body.duration),
      })),
    readEvent: (event) => ({ usage: readAudioUsage(event.usage) }),
    mayBeRaw: true,
  });
}

function readSpeech(body: JsonObject): SpeechRequest {
  const instructions = readString(body, 'instructions');
  return {
    kind: 'speech',
    model: modelOf(body),
    input: textOf(body, 'input'),
    ...(instructions === undefined ? {} : { instructions }),
    extra: omit(body, SPEECH_KNOWN),
  };
}

function readTranscription(body: JsonObject): TranscriptionRequest {
  const files = filesIn(body);
  if (files.length === 0) throw invalidField('file', 'expected a file');
  const prompt = readString(body, 'prompt');
  const format = readString(body, 'response_format');
  return {
    kind: 'transcription',
    model: modelOf(body),
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    ...(prompt === undefined ? {} : { prompt }),
    ...(format === undefined ? {} : { format }),
    stream: body.stream === 'true',
    extra: omit(body, FORM_KNOWN),
  };
}

/** In tokens, or in seconds for models that bill the minute: those count 1000 audio tokens a minute. Pure. */
export function readAudioUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage.type === 'duration') return usageOfDuration(usage.seconds);
  const input = asNumber(usage.input_tokens);
  const output = asNumber(usage.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const audio = Math.min(asNumber(asObject(usage.input_token_details).audio_tokens) ?? 0, input ?? 0);
  const audioOut = Math.min(asNumber(asObject(usage.output_token_details).audio_tokens) ?? 0, output ?? 0);
  return {
    ...NO_USAGE,
    input: (input ?? 0) - audio,
    audioInput: audio,
    output: (output ?? 0) - audioOut,
    audioOutput: audioOut,
  };
}

function usageOfDuration(value: unknown): Usage | undefined {
  const seconds = typeof value === 'string' ? Number(value) : asNumber(value);
  if (seconds === undefined || !Number.isFinite(seconds)) return undefined;
  return { ...NO_USAGE, audioInput: Math.ceil(seconds * TOKENS_PER_SECOND) };
}
