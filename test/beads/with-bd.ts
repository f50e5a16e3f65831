/**
 * `node with-bd.ts <program> <arguments…>` runs it with the real bd in `HEW_TEST_BD`: the one that is named there already,
 * else one that is built with Go, once, into the user's cache. Without a Go that can build it, says so and ends with 0.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const VERSION = '1.3.0';
/** What its go.mod asks for. */
const GO = [1, 26, 5] as const;

const bd = process.env['HEW_TEST_BD'] ?? built();
const [program = 'false', ...args] = process.argv.slice(2);
if (bd !== null) {
  const binaries = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));
  const PATH = [binaries, process.env['PATH']].join(delimiter);
  const { status } = spawnSync(program, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH, HEW_TEST_BD: bd },
  });
  process.exitCode = status ?? 1;
}

/** The bd of the cache, built first where it is not there; null where that is not possible. */
function built(): string | null {
  const folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hew', `bd-${VERSION}`);
  const path = join(folder, 'bd');
  if (existsSync(path)) return path;
  const problem = goProblem();
  if (problem !== null) {
    process.stdout.write(
      `Skipped: the real bd ${VERSION} cannot be built, ${problem}. HEW_TEST_BD names one that is there.\n`,
    );
    return null;
  }
  process.stdout.write(`Building bd ${VERSION} into ${folder}, once; that takes some minutes …\n`);
  mkdirSync(folder, { recursive: true });
  // A module of its own that requires bd: `go install` would ask for the list of its versions, too.
  const scratch = mkdtempSync(join(folder, 'build-'));
  try {
    const module = 'github.com/steveyegge/beads';
    writeFileSync(
      join(scratch, 'go.mod'),
      `module local/bd\n\ngo ${GO.join('.')}\n\nrequire ${module} v${VERSION}\n`,
    );
    const env = { ...process.env, CGO_ENABLED: '1', GOFLAGS: '-tags=gms_pure_go -mod=mod' };
    const output = join(scratch, 'bd');
    const build = spawnSync('go', ['build', '-o', output, `${module}/cmd/bd`], {
      cwd: scratch,
      stdio: 'inherit',
      env,
    });
    if (build.status !== 0)
      throw new Error(`bd ${VERSION} could not be built: go ended with ${build.status}`);
    mkdirSync(dirname(path), { recursive: true });
    renameSync(output, path);
    return path;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function goProblem(): string | null {
  // GOTOOLCHAIN: an older Go would otherwise fetch a newer one.
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const asked = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', env });
  if (asked.status !== 0) return `there is no Go (${GO.join('.')} or newer)`;
  const found = asked.stdout.trim();
  const version = (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(found) ?? []).slice(1).map((part) => Number(part ?? 0));
  const older =
    GO.map((part, index) => (version[index] ?? 0) - part).find((difference) => difference !== 0) ?? 0;
  return older < 0 ? `${found} is older than ${GO.join('.')}` : null;
}
