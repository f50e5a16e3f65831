import { describe, expect, test } from 'vitest';
import { claudeFailure } from '../../../source/engine/agents/claude-failure.js';
import { ClaudeStream } from '../../../source/engine/agents/claude-stream.js';
import { readRecording } from './recording.js';

const NOW = new Date('2026-11-23T10:00:00Z');

async function failureIn(name: string) {
  return claudeFailure((await readRecording(name)).stream.ending, NOW);
}
function failureAfter(...messages: readonly object[]) {
  const stream = new ClaudeStream();
  for (const message of messages) stream.read(JSON.stringify(message));
  return claudeFailure(stream.ending, NOW);
}
const failed = (fields: object): object => ({
  type: 'result',
  subtype: 'success',
  is_error: true,
  ...fields,
});
const apiError = (error: string, text = 'API Error'): object => ({
  type: 'assistant',
  error,
  message: { id: 'e', model: '<synthetic>', content: [{ type: 'text', text }] },
});

describe('claudeFailure with recordings', () => {
  test.each(['claude-stream', 'claude-stream-background', 'claude-stream-subagent', 'claude-denied'])(
    '%s ended well',
    async (name) => {
      expect(await failureIn(name)).toBeNull();
    },
  );

  test('a 429 that was tried again is a rate limit', async () => {
    expect(await failureIn('claude-429')).toEqual({
      kind: 'rate_limit',
      message: 'API Error: Request rejected (429) · This request would exceed your rate limit',
      resets_at: null,
    });
  });

  test('a 429 that was not worth another try is a usage limit', async () => {
    expect(await failureIn('claude-429-quota')).toMatchObject({ kind: 'usage_limit', resets_at: null });
  });

  test('a 500 is the server', async () => {
    expect(await failureIn('claude-500')).toMatchObject({ kind: 'server' });
  });

  test('too much money is told as such, too many turns as what they are', async () => {
    expect(await failureIn('claude-maxturns')).toMatchObject({
      kind: 'unknown',
      message: 'Reached maximum number of turns (3)',
    });
    expect(await failureIn('claude-budget')).toMatchObject({
      kind: 'iteration_budget',
      message: 'Reached maximum budget ($1)',
    });
  });
});

describe('claudeFailure', () => {
  test('a limit tells when it resets, by its own event or by its words', () => {
    const event = {
      type: 'rate_limit_event',
      rate_limit_info: { status: 'rejected', resetsAt: 1_795_500_000 },
    };
    const result = failed({
      api_error_status: 429,
      result: "You've hit your limit · resets 3pm (Europe/Rome)",
    });
    expect(failureAfter(event, result)).toMatchObject({
      kind: 'usage_limit',
      resets_at: '2026-11-24T06:00:00.000Z',
    });
    expect(failureAfter(result)).toMatchObject({
      kind: 'usage_limit',
      resets_at: '2026-11-23T14:00:00.000Z',
    });
  });

  test('an event that only warns of a limit is no failure', () => {
    const event = {
      type: 'rate_limit_event',
      rate_limit_info: { status: 'allowed_warning', resetsAt: 1_795_500_000 },
    };
    expect(failureAfter(event, { type: 'result', is_error: false, terminal_reason: 'completed' })).toBeNull();
    expect(failureAfter(event, failed({ api_error_status: 500 }))).toMatchObject({ kind: 'server' });
  });

  test.each([
    [
      'authentication',
      [apiError('authentication_failed'), failed({ api_error_status: 401, result: 'Invalid API key' })],
    ],
    ['authentication', [failed({ api_error_status: 403, result: 'Failed to authenticate' })]],
    [
      'authentication',
      [apiError('billing_error'), failed({ api_error_status: 400, result: 'Credit balance is too low' })],
    ],
    ['server', [apiError('server_error'), failed({ api_error_status: 529 })]],
    [
      'server',
      [
        { type: 'system', subtype: 'api_retry', error_status: null },
        failed({ errors: ['[ede_diagnostic]'] }),
      ],
    ],
    [
      'prompt_too_long',
      [apiError('invalid_request'), failed({ api_error_status: 400, terminal_reason: 'prompt_too_long' })],
    ],
    ['refusal', [failed({ stop_reason: 'refusal', result: 'no' })]],
    ['killed', [failed({ terminal_reason: 'aborted_streaming' })]],
    ['killed', [{ type: 'result', is_error: false, terminal_reason: 'aborted_tools' }]],
    ['bad_request', [apiError('model_not_found'), failed({ api_error_status: 404 })]],
    ['bad_request', [apiError('unknown'), failed({ api_error_status: 400 })]],
    ['prompt_too_long', [failed({ result: 'Prompt is too long' })]],
    [
      'unknown',
      [apiError('max_output_tokens'), failed({ result: 'Prompt is too long', stop_reason: 'max_tokens' })],
    ],
    ['usage_limit', [apiError('rate_limit')]],
  ])('%s', (kind, messages) => {
    expect(failureAfter(...messages)).toMatchObject({ kind });
  });

  test('a fault that was got over is none', () => {
    const fine = { type: 'assistant', message: { id: 'f', content: [{ type: 'text', text: 'on I go' }] } };
    expect(failureAfter(apiError('server_error'), fine)).toBeNull();
    expect(failureAfter()).toBeNull();
  });
});
