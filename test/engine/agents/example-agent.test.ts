import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AgentProgram } from '../../../source/engine/agents/agent-program.js';
import type { OutputReader } from '../../../source/engine/agents/output-reader.js';
import { parseJsonLine } from '../../../source/engine/agents/parse-json-line.js';
import { shownLines } from '../../../source/engine/agents/shown-lines.js';
import { NO_TOKENS } from '../../../source/engine/ports.js';
import { runAgent } from './agent-run.js';

// The agent of docs/agents.md: all that a new runtime needs, in one file.

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('said'), text: z.string() }),
  z.object({ type: z.literal('tool'), name: z.string(), subject: z.string() }),
  z.object({ type: z.literal('done'), dollars: z.number(), error: z.string().nullable() }),
]);

function exampleReader(): OutputReader {
  const toolCalls: string[] = [];
  let said = '';
  let done: Extract<z.infer<typeof messageSchema>, { type: 'done' }> | null = null;
  return {
    read: (line) => {
      const message = messageSchema.safeParse(parseJsonLine(line)?.value);
      if (!message.success) return [];
      switch (message.data.type) {
        case 'said':
          said = message.data.text;
          return shownLines('text', said, 200);
        case 'tool':
          toolCalls.push(message.data.name);
          return shownLines('tool', `${message.data.name} ${message.data.subject}`, 1);
        case 'done':
          done = message.data;
          return [];
      }
    },
    get usage() {
      return { tokens: NO_TOKENS, cost_usd: done?.dollars ?? null, model: null };
    },
    toolCalls,
    get finalText() {
      return said;
    },
    end: () => {
      const error = done?.error ?? null;
      const failure = error === null ? null : ({ kind: 'unknown', message: error, resets_at: null } as const);
      return { told: done !== null, failure };
    },
  };
}

const example: AgentProgram = {
  runtime: 'example',
  title: 'Example',
  program: 'example-agent',
  variable: 'HEW_LOOP_EXAMPLE_BIN',
  install: 'npm install --global example-agent',
  login: 'example-agent login',
  confinement: 'Nothing of it is confined.',
  tells_cost: true,
  caps_cost: false,
  takes_allowed_tools: false,
  arguments: ({ model }) => ['--json', ...(model === null ? [] : ['--model', model])],
  last_arguments: [],
  environment: (env) => env,
  input: (prompt) => prompt,
  reader: exampleReader,
};

test('one file makes an agent: lines, tools, cost, closing word and end', async () => {
  const script = `
    [ "$*" = "--json --model big" ] || exit 9
    read -r prompt; echo "{\\"type\\":\\"said\\",\\"text\\":\\"$prompt\\"}"
    echo '{"type":"tool","name":"Edit","subject":"a.ts"}'
    printf '%s\\n' '{"type":"said","text":"decision: kept it small\\nclosed app-1"}'
    echo '{"type":"done","dollars":0.25,"error":null}'`;
  const { agent, result, lines } = await runAgent(example, script, {
    request: { model: 'big', prompt: 'Do it.\n' },
  });
  expect(agent).toMatchObject({ runtime: 'example', priced: true, caps_cost: false });
  expect(lines.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    'text: Do it.',
    'tool: Edit a.ts',
    'text: decision: kept it small',
    'text: closed app-1',
  ]);
  expect(result).toMatchObject({
    failure: null,
    closing: { kind: 'closed' },
    decisions: ['kept it small'],
    cost_usd: 0.25,
    model: 'big',
    tool_calls: ['Edit'],
  });
});

test('and tells how it fails, and what is missing of it', async () => {
  const told = await runAgent(example, `echo '{"type":"done","dollars":0,"error":"no luck"}'; exit 1`);
  expect(told.result.failure).toEqual({ kind: 'unknown', message: 'no luck', resets_at: null });
  expect((await runAgent(example, `echo '{"type":"said","text":"half'`)).result.failure).toMatchObject({
    kind: 'crashed',
  });
  // Its program was in a folder that has gone with the run.
  expect(await told.agent.check()).toMatch(
    /^HEW_LOOP_EXAMPLE_BIN cannot be started: there is no executable file /,
  );
});
