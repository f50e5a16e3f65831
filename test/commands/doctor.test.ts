import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import which from 'which';
import { z } from 'zod';
import { type GitProject, makeGitProject } from '../git-project.js';
import { temporaryFolder, type TemporaryFolder } from '../temporary-folder.js';
import { hew, type HewResult } from './hew.js';

const answerSchema = z.object({
  usable: z.boolean(),
  findings: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      found_at: z.string().nullable(),
      version: z.string().nullable(),
      usable: z.boolean(),
      advice: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
});

/** The folder of git and of this Node, and nothing of what else the machine may have. */
async function barePath(folder: TemporaryFolder): Promise<string> {
  await mkdir(folder.at('bin'), { recursive: true });
  const git = await which('git');
  await program(folder, 'git', `exec '${git}' "$@"`);
  return folder.at('bin');
}
async function program(folder: TemporaryFolder, name: string, script: string): Promise<void> {
  await writeFile(folder.at('bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(folder.at('bin', name), 0o755);
}
async function doctor(project: Pick<GitProject, 'path' | 'env'>, path: string, ...argv: readonly string[]) {
  return hew({ cwd: project.path, env: { ...project.env, PATH: path } }, 'doctor', ...argv);
}
function found(result: HewResult) {
  const { usable, findings } = answerSchema.parse(JSON.parse(result.stdout));
  return { usable, of: (name: string) => findings.find((finding) => finding.name === name) };
}

describe('hew doctor', () => {
  test('tells what is usable, where it is and which version, and what to know of it', async () => {
    await using folder = await temporaryFolder();
    await using project = await makeGitProject({ files: {} });
    const path = await barePath(folder);
    await program(folder, 'claude', 'echo "2.1.330 (Claude Code)"');
    await program(folder, 'codex', 'echo "codex-cli 0.169.0"');
    await program(folder, 'bd', `echo '{"version":"0.49.1"}'`);
    const result = await doctor(project, path, '--json');
    const { usable, of } = found(result);
    expect(result.code).toBe(0);
    expect(usable).toBe(true);
    expect(of('claude')).toMatchObject({
      usable: true,
      version: '2.1.330',
      found_at: join(path, 'claude'),
      note: expect.stringContaining('its Bash is not confined'),
    });
    expect(of('codex')).toMatchObject({
      usable: true,
      version: '0.169.0',
      note: expect.stringContaining('sandbox'),
    });
    expect(of('command')).toMatchObject({
      usable: false,
      advice: expect.stringContaining('--agent-command'),
    });
    expect(of('file')).toMatchObject({ usable: true, advice: expect.stringContaining('hew task new') });
    expect(of('bd')).toMatchObject({
      usable: false,
      version: '0.49.1',
      advice: expect.stringContaining('1.0'),
    });
    expect(of('git')).toMatchObject({ usable: true, version: expect.stringMatching(/^\d+\.\d+/) });
    expect(of('node')).toMatchObject({ usable: true, version: process.versions.node });
  });

  test('without any agent it ends with 1 and says how each is installed', async () => {
    await using folder = await temporaryFolder();
    await using project = await makeGitProject({ files: {} });
    const result = await doctor(project, await barePath(folder));
    expect(result.code).toBe(1);
    const lines = result.stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('agent')).map((line) => line.indexOf('missing'))).toEqual([
      16, 16, 16,
    ]);
    expect(result.stdout).toContain('npm install --global @anthropic-ai/claude-code');
    expect(result.stdout).toContain('npm install --global @openai/codex');
    expect(lines.at(-1)).toBe('No run can be started here yet.');
  });

  test('looks where the settings and the variables say, and tells a program that does not start', async () => {
    await using folder = await temporaryFolder();
    await using project = await makeGitProject({
      files: { '.hew.toml': '[agents.codex]\nbin = "tools/codex"\n[loop]\nagent_command = "./agent.sh"\n' },
    });
    await mkdir(join(project.path, 'tools'));
    await writeFile(join(project.path, 'tools', 'codex'), '#!/bin/sh\necho "no library" >&2; exit 127\n', {
      mode: 0o755,
    });
    const path = await barePath(folder);
    await program(folder, 'my-claude', 'echo 2.2.0');
    const env = { ...project.env, HEW_LOOP_CLAUDE_BIN: 'my-claude' };
    const { of } = found(await doctor({ path: project.path, env }, path, '--json'));
    expect(of('claude')).toMatchObject({ usable: true, version: '2.2.0', found_at: join(path, 'my-claude') });
    expect(of('codex')).toMatchObject({
      usable: false,
      found_at: join(project.path, 'tools', 'codex'),
      advice: expect.stringMatching(/told no version: no library\. Install it again: /),
    });
    expect(of('command')).toMatchObject({
      usable: false,
      found_at: './agent.sh',
      advice: expect.stringContaining('agent.sh'),
    });
  });

  test('outside of a project, and with settings that cannot be read, it says what mends that', async () => {
    await using folder = await temporaryFolder();
    const path = await barePath(folder);
    await program(folder, 'claude', 'echo 2.2.0');
    await mkdir(folder.at('empty'));
    const outside = await doctor({ path: folder.at('empty'), env: {} }, path);
    expect(outside).toMatchObject({ code: 1, stderr: '' });
    expect(outside.stdout).toContain('git init');
    await using project = await makeGitProject({ files: { '.hew.toml': '[loop]\njobs = 99\n' } });
    const broken = await doctor(project, path);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('.hew.toml: loop.jobs = 99 must be from 1 to 16');
  });
});
