import type { Dialect } from '../dialect.ts';
import { readError, writeError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readRequest } from './read-request.ts';
import { readResponse, readUsage, writeResponse } from './response.ts';
import { readShape } from './shape.ts';
import { createStreamReader } from './stream-reader.ts';
import { createStreamWriter } from './stream-writer.ts';
import { writeRequest } from './write-request.ts';

/** Gemini `generateContent` and `streamGenerateContent`, as AI Studio (v1beta) and Vertex AI speak it. */
export const gemini: Dialect = Object.freeze({
  name: 'gemini',
  readShape,
  readRequest,
  writeRequest,
  passRequest,
  readResponse,
  writeResponse,
  readUsage,
  createStreamReader,
  createStreamWriter,
  readError,
  writeError,
});
