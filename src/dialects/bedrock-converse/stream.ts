export { createStreamReader } from './read-stream.ts';
export { createStreamWriter } from './write-stream.ts';
