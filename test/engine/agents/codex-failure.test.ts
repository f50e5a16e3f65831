import { expect, test } from 'vitest';
import { codexFailure } from '../../../source/engine/agents/codex-failure.js';

const NOW = new Date('2026-11-23T10:00:00Z');

// The sentences as codex 0.169 wrote them on its own last line.
test.each([
  [
    'authentication',
    'unexpected status 401 Unauthorized: Incorrect API key provided, url: http://127.0.0.1/v1',
  ],
  ['authentication', 'unexpected status 403 Forbidden: forbidden, url: http://127.0.0.1/v1/responses'],
  ['authentication', 'Quota exceeded. Check your plan and billing details.'],
  ['authentication', 'Missing environment variable: `KEY`.'],
  ['rate_limit', 'exceeded retry limit, last status: 429 Too Many Requests, request id: req_1'],
  ['server', 'unexpected status 503 Service Unavailable'],
  ['server', "We're currently experiencing high demand, which may cause temporary errors."],
  ['server', 'Selected model is at capacity. Please try a different model.'],
  ['server', 'stream disconnected before completion: stream closed before response.completed'],
  ['bad_request', '{"error":{"message":"Bad param","type":"invalid_request_error","param":"x","code":null}}'],
  ['bad_request', 'The model `x` does not exist'],
  ['prompt_too_long', "Codex ran out of room in the model's context window. Start a new thread."],
  [
    'prompt_too_long',
    '{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}',
  ],
  ['unknown', 'something that nobody has heard of: the unexpected status of things'],
  ['unknown', ''],
])('%s: %s', (kind, message) => {
  expect(codexFailure(message, NOW)).toMatchObject({
    kind,
    message: expect.stringMatching(/./),
    resets_at: null,
  });
});

test.each([
  ["You've hit your usage limit. Upgrade to Pro or try again at 6:00 PM.", [23, 18]],
  ['You’ve hit your usage limit. Visit the settings or try again at Nov 27th, 2026 6:00 AM.', [27, 6]],
])('usage_limit, with the reset that its words tell: %s', (message, [day = 0, hour = 0]) => {
  const there = new Date(2026, 10, day, hour).toISOString();
  expect(codexFailure(message, new Date(2026, 10, 23, 10))).toMatchObject({
    kind: 'usage_limit',
    resets_at: there,
  });
});

test('the words of a provider are told without the JSON around them', () => {
  expect(codexFailure('{"error":{"message":"Bad param"}}', NOW).message).toBe('Bad param');
});
