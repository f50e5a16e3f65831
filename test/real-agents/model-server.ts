import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** A model's answer to one request: a command for its shell, the call of another tool, or its last words. */
export type ModelTurn =
  | { readonly command: string }
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly words: string };

/** A server on loopback that answers as the providers of models do. */
export interface ModelServer extends AsyncDisposable {
  readonly address: string;
  /** Method and path of every request, in order. */
  readonly requests: readonly string[];
}

const requestSchema = z.object({
  stream: z.boolean().default(false),
  tools: z.array(z.object({ name: z.string().optional() })).default([]),
  messages: z.array(z.unknown()).optional(),
  input: z.array(z.unknown()).optional(),
});
type ModelRequest = z.infer<typeof requestSchema>;

/** Refuses every request: the key is not known to it. */
export async function startRefusingServer(): Promise<ModelServer> {
  return startServer((_, response) => {
    const error = { type: 'authentication_error', message: 'invalid x-api-key', code: 'invalid_api_key' };
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ type: 'error', error }));
  });
}

/**
 * Plays the turns in order, one for each request of an agent at work: in the shape of Anthropic's Messages, or of OpenAI's
 * Responses. Requests that give the model no tools are about something else, such as a title, and take no turn.
 */
export async function startModelServer(turns: readonly ModelTurn[]): Promise<ModelServer> {
  return startServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(404).end('{}');
      return;
    }
    const asked = requestSchema.parse(JSON.parse(await text(request)));
    const turn = turns[turnOf(asked)] ?? { words: 'ok' };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = request.url?.includes('/responses') === true ? responsesOf(turn) : messagesOf(turn);
    for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  });
}

/** How many results of commands the conversation holds: a request that is sent again gets the same answer. */
function turnOf({ messages, input, tools }: ModelRequest): number {
  if (tools.length === 0) return Number.POSITIVE_INFINITY;
  const results = JSON.stringify(messages ?? input).match(/"type":"(?:tool_result|function_call_output)"/g);
  return results?.length ?? 0;
}

type ServerEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

function messagesOf(turn: ModelTurn): readonly ServerEvent[] {
  const usage = {
    input_tokens: 120,
    output_tokens: 1,
    cache_read_input_tokens: 4000,
    cache_creation_input_tokens: 300,
  };
  const message = {
    id: `msg_${crypto.randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const [block, delta, stop_reason] =
    'words' in turn
      ? [{ type: 'text', text: '' }, { type: 'text_delta', text: turn.words }, 'end_turn']
      : [
          {
            type: 'tool_use',
            id: `toolu_${crypto.randomUUID()}`,
            name: 'tool' in turn ? turn.tool : 'Bash',
            input: {},
          },
          {
            type: 'input_json_delta',
            partial_json: JSON.stringify(
              'tool' in turn ? turn.input : { command: turn.command, description: 'scripted' },
            ),
          },
          'tool_use',
        ];
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { ...usage, output_tokens: 40 },
    },
    { type: 'message_stop' },
  ];
}

function responsesOf(turn: ModelTurn): readonly ServerEvent[] {
  const id = `resp_${crypto.randomUUID()}`;
  const item =
    'words' in turn
      ? { type: 'message', role: 'assistant', id: 'm', content: [{ type: 'output_text', text: turn.words }] }
      : {
          type: 'function_call',
          call_id: `call_${crypto.randomUUID()}`,
          name: 'tool' in turn ? turn.tool : 'exec_command',
          arguments: JSON.stringify('tool' in turn ? turn.input : { cmd: turn.command }),
        };
  const usage = {
    input_tokens: 5000,
    input_tokens_details: { cached_tokens: 4000 },
    output_tokens: 40,
    output_tokens_details: { reasoning_tokens: 10 },
    total_tokens: 5040,
  };
  return [
    { type: 'response.created', response: { id } },
    { type: 'response.output_item.done', item },
    { type: 'response.completed', response: { id, usage } },
  ];
}

async function startServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<ModelServer> {
  const requests: string[] = [];
  const failures: unknown[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void Promise.resolve(answer(request, response)).catch((error: unknown) => {
      failures.push(error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      if (failures.length > 0) throw failures[0];
    },
  };
}
