import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HEW = fileURLToPath(new URL('../dist/bin.js', import.meta.url));

/** One event of `hew loop run --json`, as far as a benchmark reads it. */
export interface BenchEvent {
  readonly type: string;
  readonly at: string;
}

/** A throw-away project with tasks, for measuring the program as it is installed. */
export interface BenchProject extends Disposable {
  readonly path: string;
  readonly env: Record<string, string>;
  /** Writes a file beside the project and returns its path. */
  script(name: string, text: string): string;
  git(...args: string[]): string;
  /** Files `count` tasks, `app-1` first. */
  fileTasks(count: number): void;
  /** Runs `hew loop run --json` and gives its events; rejects unless it ends with 0. */
  run(...flags: string[]): Promise<BenchEvent[]>;
}

/** Makes a repository with these files in its first commit. */
export function makeBenchProject(files: Readonly<Record<string, string>>): BenchProject {
  const folder = mkdtempSync(join(tmpdir(), 'hew-bench-'));
  const path = join(folder, 'app');
  mkdirSync(path);
  const env = {
    ...(process.env as Record<string, string>),
    HEW_HOME: join(folder, 'hew'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: path, env, encoding: 'utf8' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@example.invalid');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'First commit');
  return {
    path,
    env,
    git,
    script(name, text) {
      const file = join(folder, name);
      writeFileSync(file, text, { mode: 0o755 });
      return file;
    },
    fileTasks(count) {
      // One line a task, as `hew task new` writes it: forty starts of Node would take longer than what is measured.
      mkdirSync(join(path, '.hew'), { recursive: true });
      writeFileSync(join(path, '.hew', '.gitignore'), '*\n');
      const at = new Date().toISOString();
      const lines = Array.from({ length: count }, (_, index) =>
        JSON.stringify({
          id: `app-${index + 1}`,
          title: `Task ${index + 1}`,
          status: 'open',
          priority: 2,
          created_at: at,
        }),
      );
      writeFileSync(join(path, '.hew', 'tasks.jsonl'), `${lines.join('\n')}\n`);
    },
    run(...flags) {
      return runHew(path, env, flags);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function runHew(cwd: string, env: Record<string, string>, flags: string[]): Promise<BenchEvent[]> {
  const child = spawn(process.execPath, [HEW, 'loop', 'run', '--json', ...flags], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: BenchEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line) as BenchEvent));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`hew ended with ${code}`);
  return events;
}

/** Seconds between the first events of two types. */
export function secondsBetween(events: readonly BenchEvent[], from: string, to: string): number {
  const at = (type: string): number => Date.parse(events.find((event) => event.type === type)?.at ?? '');
  return (at(to) - at(from)) / 1000;
}

/** The middle one of an odd number of figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
