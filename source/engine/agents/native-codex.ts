import { access, constants, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

interface Platform {
  readonly platform: string;
  readonly arch: string;
}

/** Codex's names of the targets that it is built for, by Node's. */
const TARGETS: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};

/**
 * The native program that npm's `codex` starts: a script of Node that stays beside it, and whose end by KILL would leave
 * it alive. Gives `file` itself where that is no such script or has no native program.
 */
export async function nativeCodex(
  file: string,
  { platform, arch }: Platform = { platform: process.platform, arch: process.arch },
): Promise<string> {
  const script = await realpath(file).catch(() => file);
  const target = TARGETS[`${platform}-${arch}`];
  if (!script.endsWith('.js') || target === undefined) return file;
  for (const vendor of vendorFolders(script, `@openai/codex-${platform}-${arch}`)) {
    const native = join(vendor, target, 'bin', 'codex');
    if (await isExecutable(native)) return native;
  }
  return file;
}

/** Where the script itself looks: in the package for this platform, else in its own. */
function vendorFolders(script: string, name: string): readonly string[] {
  const own = join(dirname(script), '..', 'vendor');
  try {
    return [join(dirname(createRequire(script).resolve(`${name}/package.json`)), 'vendor'), own];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return [own];
    throw error;
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
