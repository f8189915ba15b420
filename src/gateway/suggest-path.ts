import { suggest } from '#policy';
import { API_PATHS } from './api-paths.ts';

const SERVED: readonly string[] = API_PATHS.filter(({ isServed }) => isServed).map(({ pattern }) => pattern);
/** With the shortest first, so that `/chat/completions` is not taken for the end of another path. */
const BY_LENGTH: readonly string[] = [...SERVED].sort((one, other) => one.length - other.length);

/** The path that was likely meant: most wrong ones come of a base URL with a version too few or too many. Null when nothing is near. Pure. */
export function suggestPath(path: string): string | null {
  const bare = path.replace(/\/+$/, '');
  if (SERVED.includes(bare)) return bare;
  const whole = BY_LENGTH.find((served) => bare !== '' && (served.endsWith(bare) || bare.endsWith(served)));
  return whole ?? suggest(bare, SERVED) ?? null;
}
