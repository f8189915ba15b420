import type { StreamSink } from '#upstream';
import { capturesContent } from './captures-content.ts';
import type { Progress } from './progress.ts';
import type { ReplyStream } from './reply-stream.ts';

/** A span shows the first 2,000 characters of a text: more than this is not gathered for it. */
const MAX_BYTES = 65_536;

/**
 * The same answer, its words gathered beside where policy captures content and it has any: a transcript, subtitles, the pieces of a transcript that comes as events. Sound has none. Effect: sets `progress.said` at
 * the end.
 */
export function captureRaw(progress: Progress, stream: ReplyStream, contentType: string): ReplyStream {
  if (!capturesContent(progress) || !contentType.toLowerCase().startsWith('text/')) return stream;
  const isEvents = contentType.toLowerCase().startsWith('text/event-stream');
  return {
    ...stream,
    async start(sink: StreamSink) {
      const pieces: Buffer[] = [];
      let size = 0;
      const end = await stream.start({
        ...sink,
        bytes(bytes) {
          if (size < MAX_BYTES) pieces.push(Buffer.from(bytes));
          size += bytes.length;
          return sink.bytes(bytes);
        },
      });
      const text = Buffer.concat(pieces).toString('utf8');
      progress.said = { asked: [], answered: [isEvents ? wordsOf(text) : text] };
      return end;
    },
  };
}

/** OpenAI's events of a transcript (platform.openai.com/docs/api-reference/audio, read 2026-11): its pieces as they come. */
function wordsOf(events: string): string {
  let words = '';
  for (const [, data = ''] of events.matchAll(/^data: ?(.*)$/gm)) {
    const delta = /"type":\s*"transcript\.text\.delta"/.test(data) ? deltaOf(data) : '';
    words += delta;
  }
  return words;
}

function deltaOf(data: string): string {
  try {
    const { delta } = JSON.parse(data) as { readonly delta?: unknown };
    return typeof delta === 'string' ? delta : '';
  } catch {
    // The last event may be cut where gathering ended.
    return '';
  }
}
