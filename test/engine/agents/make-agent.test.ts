import { describe, expect, test } from 'vitest';
import { makeAgent } from '../../../source/engine/agents/make-agent.js';

const choice = {
  runtime: 'claude',
  agent_command: null,
  model: null,
  agents: {},
  prices: {},
  home: '/',
  env: { PATH: '/usr/bin:/bin' },
};

describe('makeAgent', () => {
  test('makes the runtimes that there are', () => {
    expect(makeAgent(choice)).toMatchObject({ runtime: 'claude', priced: true });
    expect(makeAgent({ ...choice, runtime: 'command', agent_command: 'true' })).toMatchObject({
      runtime: 'command',
      priced: false,
    });
  });

  test('refuses what is none, naming those that there are', () => {
    expect(makeAgent({ ...choice, runtime: 'cobol' })).toEqual({
      problem: 'There is no runtime "cobol". There are: claude, codex, command.',
    });
    expect(makeAgent({ ...choice, runtime: 'claud' })).toEqual({
      problem: 'There is no runtime "claud"; did you mean claude? There are: claude, codex, command.',
    });
    expect(makeAgent({ ...choice, runtime: 'constructor' })).toMatchObject({
      problem: expect.stringContaining('no runtime'),
    });
  });

  test('a command needs a program', () => {
    expect(makeAgent({ ...choice, runtime: 'command' })).toMatchObject({
      problem: expect.stringContaining('--agent-command "<program>"'),
    });
  });

  test('HEW_LOOP_CLAUDE_BIN names another program than claude', async () => {
    const named = (program: string) =>
      makeAgent({ ...choice, env: { ...choice.env, HEW_LOOP_CLAUDE_BIN: program } });
    const check = async (program: string): Promise<unknown> => {
      const agent = named(program);
      return 'problem' in agent ? agent : agent.check();
    };
    expect(await check('bin/sh')).toBeNull();
    expect(await check('no-such-claude')).toContain('HEW_LOOP_CLAUDE_BIN');
    expect(named('')).toMatchObject({ runtime: 'claude' });
  });
});
