import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hew } from '../commands/hew.js';
import { makeGitProject } from '../git-project.js';
import { fileTitled } from './file-titled.js';

const TOKEN = 'xoxb-3f"9a\\c1d2-hunter2';
const PEM = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASCBKcwggSj\n-----END KEY-----';

/** An agent and a gate that say what they were told to keep, in every way in which they are heard. */
const SAYS_ALL = 'printf "%s\\n" "$CHAT_TOKEN" "$SIGNING_KEY"; printf "%s\\n" "$CHAT_TOKEN" >&2;';
const JSON_LINE = `node -e 'console.log(JSON.stringify({type:"assistant",message:{content:[{type:"text",text:process.env.CHAT_TOKEN+process.env.SIGNING_KEY}]}}))';`;
const AGENT = `${SAYS_ALL} ${JSON_LINE} echo x >> "$HEW_TASK_ID.txt"; echo "closed $HEW_TASK_ID"`;
const GATE = `if test -e app-1.txt; then ${SAYS_ALL} exit 1; fi`;

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath, entry.name));
}

describe('the secrets of hew’s environment', () => {
  test('reach no file of the run, no note and no line, and those are their owner’s alone', async () => {
    await using project = await makeGitProject({
      files: {
        '.hew.toml': `[gate]\ntest = ${JSON.stringify(GATE)}\n[worktree]\nsetup = ${JSON.stringify(SAYS_ALL + ' :')}\n`,
      },
    });
    await fileTitled(project, `Rotate ${PEM.split('\n')[1]}`);
    const env = { ...project.env, CHAT_TOKEN: TOKEN, SIGNING_KEY: PEM };
    const ran = await hew({ cwd: project.path, env }, 'loop', 'run', '--jobs', '2', '--agent-command', AGENT);
    expect(ran.code).toBe(1);

    const run = join(project.path, '.hew', 'loop');
    const found = await filesBelow(run);
    expect(found.some((path) => path.endsWith('.agent.jsonl'))).toBe(true);
    expect(found.some((path) => path.endsWith('.gate.log'))).toBe(true);
    expect(found.some((path) => path.endsWith('setup.log'))).toBe(true);
    const texts = new Map<string, string>([['what hew has printed', ran.stdout + ran.stderr]]);
    const modes = await Promise.all(found.map(async (path) => [path, await stat(path)] as const));
    expect(modes.filter(([, { mode }]) => (mode & 0o077) !== 0).map(([path]) => path)).toEqual([]);
    for (const [path, status] of modes) if (status.isFile()) texts.set(path, await readFile(path, 'utf8'));
    const secrets = [TOKEN, JSON.stringify(TOKEN).slice(1, -1), ...PEM.split('\n')];
    const leaks = [...texts].flatMap(([path, text]) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => `${path}: ${secret}`),
    );
    expect(leaks).toEqual([]);
    const log = [...texts].find(([path]) => path.endsWith('.agent.jsonl'))?.[1];
    expect(log).toContain('***\n');
    const queue = (await readFile(join(project.path, '.hew', 'tasks.jsonl'), 'utf8')).replace(
      /"title":"[^"]*"/g,
      '',
    );
    expect(secrets.filter((secret) => queue.includes(secret))).toEqual([]);
  });
});
