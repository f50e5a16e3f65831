import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { temporaryFolder } from './temporary-folder.js';

const helloSchema = z.object({
  run: z.string().nullable(),
  task: z.string().nullable(),
  slot: z.number().nullable(),
  worker: z.number().nullable(),
  attempt: z.number().nullable(),
  cwd: z.string(),
  prompt: z.string(),
  pid: z.number(),
  env: z.record(z.string(), z.string()),
});
const ranSchema = z.object({
  exit_code: z.number().nullable(),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
});
const daemonSchema = z.object({ pid: z.number() });
const answerSchema = z.union([z.object({ answer: z.unknown() }), z.object({ error: z.string() })]);

type Hello = z.infer<typeof helloSchema>;
type Ran = z.infer<typeof ranSchema>;

/** One agent program that runs, and does what the test says and nothing else. Each method resolves when it is done. */
export interface SteppedAgent extends Hello {
  /** Writes a file; relative paths are the agent's. */
  write(path: string, content: string): Promise<void>;
  /** Runs a program in the agent's cwd; rejects only when it cannot be started. */
  runProgram(...argv: readonly string[]): Promise<Ran>;
  /** Runs git in the agent's cwd and gives its stdout, trimmed; rejects when git fails. */
  git(...args: readonly string[]): Promise<string>;
  /** Writes to stdout as it is: newlines are the test's. */
  print(text: string): Promise<void>;
  printError(text: string): Promise<void>;
  /** Writes that many bytes to stdout: one endless line of `x`, or lines made of `line`. */
  flood(bytes: number, line?: string): Promise<void>;
  ignoreTerm(): Promise<void>;
  /** Starts a process in a session of its own that ignores TERM, and gives its pid. `inherit`: it keeps the pipes. */
  daemon(options?: { readonly inherit?: boolean }): Promise<number>;
  /** Ends the agent; resolves when it is gone. */
  exit(code: number): Promise<void>;
  /** Says `closed <its task>` and ends well. */
  close(): Promise<void>;
  /** Ends the agent by a signal; resolves when it is gone. */
  crash(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when the agent is gone, whoever ended it. */
  readonly ended: Promise<void>;
}

/** What a test waits for; fields that are not named match all. */
export type AgentFilter = Partial<Pick<Hello, 'task' | 'slot' | 'worker' | 'attempt'>>;

export interface SteppedAgents extends AsyncDisposable {
  /** The command line to give as `--agent-command`. */
  readonly command: string;
  /** The first agent that matches and was not handed out yet, as soon as it has started. */
  next(filter?: AgentFilter): Promise<SteppedAgent>;
  /** How many agents have started and were not handed out yet. */
  readonly waiting: number;
}

function matches(agent: SteppedAgent, filter: AgentFilter): boolean {
  return Object.entries(filter).every(([name, value]) => agent[name as keyof AgentFilter] === value);
}

function steppedAgent(hello: Hello, socket: Socket, lines: AsyncIterator<string>): SteppedAgent {
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  let turn: Promise<unknown> = Promise.resolve();

  const send = (message: object): void => {
    socket.write(`${JSON.stringify(message)}\n`);
  };
  /** One command at a time: the agent answers in order. */
  const ask = (message: object): Promise<unknown> => {
    const answered = turn.then(async () => {
      send(message);
      const line = await lines.next();
      if (line.done === true)
        throw new Error(`the agent of ${hello.task} ended before it had done ${JSON.stringify(message)}`);
      const answer = answerSchema.parse(JSON.parse(line.value));
      if ('error' in answer) throw new Error(`the agent of ${hello.task} failed: ${answer.error}`);
      return answer.answer;
    });
    turn = answered.catch(() => undefined);
    return answered;
  };
  const runProgram = async (...argv: readonly string[]): Promise<Ran> =>
    ranSchema.parse(await ask({ do: 'run', argv }));
  const exit = async (code: number): Promise<void> => {
    await turn;
    send({ do: 'exit', code });
    await ended;
  };
  const print = async (chunk: string): Promise<void> => void (await ask({ do: 'print', chunk }));

  return {
    ...hello,
    ended,
    runProgram,
    print,
    exit,
    write: async (path, content) => void (await ask({ do: 'write', path, content })),
    printError: async (chunk) => void (await ask({ do: 'printError', chunk })),
    flood: async (bytes, line) => void (await ask({ do: 'flood', bytes, line })),
    ignoreTerm: async () => void (await ask({ do: 'ignoreTerm' })),
    daemon: async (options = {}) => daemonSchema.parse(await ask({ do: 'daemon', ...options })).pid,
    async git(...args) {
      const ran = await runProgram('git', ...args);
      if (ran.exit_code !== 0) throw new Error(`git ${args.join(' ')} failed in ${hello.cwd}: ${ran.stderr}`);
      return ran.stdout.trim();
    },
    async close() {
      await print(`closed ${hello.task}\n`);
      await exit(0);
    },
    async crash(signal = 'SIGKILL') {
      await turn;
      send({ do: 'crash', signal });
      await ended;
    },
  };
}

/** Waits for agents on a socket of its own: `await using agents = await startSteppedAgents()`. */
export async function startSteppedAgents(): Promise<SteppedAgents> {
  const folder = await temporaryFolder();
  const socketPath = folder.at('agents.sock');
  const started: SteppedAgent[] = [];
  const waiters: { filter: AgentFilter; resolve(agent: SteppedAgent): void; reject(error: Error): void }[] =
    [];
  const sockets = new Set<Socket>();

  const handOut = (agent: SteppedAgent): void => {
    const index = waiters.findIndex(({ filter }) => matches(agent, filter));
    const [waiter] = index === -1 ? [] : waiters.splice(index, 1);
    if (waiter === undefined) started.push(agent);
    else waiter.resolve(agent);
  };
  const welcome = async (socket: Socket): Promise<void> => {
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done !== true) handOut(steppedAgent(helloSchema.parse(JSON.parse(first.value)), socket, lines));
  };
  const fail = (error: Error): void => {
    for (const waiter of waiters.splice(0)) waiter.reject(error);
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    // A killed agent resets its connection: that is an ending like any other.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    welcome(socket).catch((error: unknown) =>
      fail(error instanceof Error ? error : new Error(String(error))),
    );
  });
  server.listen(socketPath);
  await once(server, 'listening');

  return {
    command: `${process.execPath} ${fileURLToPath(new URL('fixtures/stepped-agent.mjs', import.meta.url))} ${socketPath}`,
    get waiting() {
      return started.length;
    },
    next(filter = {}) {
      const index = started.findIndex((agent) => matches(agent, filter));
      const [agent] = index === -1 ? [] : started.splice(index, 1);
      if (agent !== undefined) return Promise.resolve(agent);
      return new Promise((resolve, reject) => waiters.push({ filter, resolve, reject }));
    },
    async [Symbol.asyncDispose]() {
      fail(new Error('the test ended while it waited for an agent'));
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await folder[Symbol.asyncDispose]();
    },
  };
}
