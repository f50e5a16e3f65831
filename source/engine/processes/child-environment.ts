import { delimiter, join } from 'node:path';

/**
 * The environment that children get: `env` (as `process.env`) with `extras` over it, and without the
 * `…/node_modules/.bin` folders that npm put first on PATH: those would give the user's programs hew's own Node. Pure.
 */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  extras: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) child[name] = value;
  if (child['PATH'] !== undefined) child['PATH'] = withoutLeadingBins(child['PATH']);
  return { ...child, ...extras };
}

/** Only those in front: one that a user has put behind other folders was put there on purpose. */
function withoutLeadingBins(path: string): string {
  const folders = path.split(delimiter);
  const first = folders.findIndex((folder) => !folder.endsWith(join('node_modules', '.bin')));
  return first === -1 ? '' : folders.slice(first).join(delimiter);
}
