import { AWS_STREAM } from '../aws-framer.ts';
import type { Dialect } from '../dialect.ts';
import { readError, writeError } from './errors.ts';
import { passRequest } from './pass.ts';
import { readRequest, writeRequest } from './request.ts';
import { readResponse, readUsage, writeResponse } from './response.ts';
import { readShape } from './shape.ts';
import { createStreamReader, createStreamWriter } from './stream.ts';

/** AWS Bedrock's Converse and ConverseStream: docs.aws.amazon.com/bedrock/latest/APIReference, read 2026-11. */
export const bedrockConverse: Dialect = Object.freeze({
  name: 'bedrock-converse',
  readShape,
  readRequest,
  writeRequest,
  passRequest,
  readResponse,
  writeResponse,
  readUsage,
  streamFormat: AWS_STREAM,
  createStreamReader,
  createStreamWriter,
  readError,
  writeError,
  requestIdHeader: 'x-amzn-requestid',
});
