import { once } from 'node:events';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { controlAnswer } from './control-answer.js';
import { CONTROL_VERSION, clientMessageSchema, type ServerMessage } from './control-messages.js';
import { controlSocketPath } from './control-socket-path.js';
import type { Control } from './controls.js';
import type { EventStream } from './event-stream.js';
import { type EngineEvent, isDurable } from './events.js';
import type { RunId } from './ids.js';
import { jsonValue } from './json-value.js';
import { MessageLines } from './message-lines.js';
import { readJournal } from './read-journal.js';
import { RecentEvents } from './recent-events.js';

/** What a control socket is opened for. */
export interface ControlServerRequest {
  readonly run: RunId;
  readonly hew_home: string;
  /** The run's journal. */
  readonly journal: string;
  readonly events: EventStream;
  readonly control: (control: Control) => void;
}

/** A run's control socket. Disposed of when the run has ended: whoever is connected gets all that was told. */
export interface ControlServer extends AsyncDisposable {
  readonly path: string;
}

export type OpenedControlServer =
  | { readonly kind: 'open'; readonly server: ControlServer }
  /** The run goes on without one: why, in a sentence. */
  | { readonly kind: 'closed'; readonly problem: string };

/** The kernel's own limit of a socket's path is 104 bytes on macOS, its end included, and 108 on Linux. */
const LONGEST_PATH = 103;
/** A client that has so much unread is dropped: a run waits for nobody and fills no memory. */
const MOST_UNREAD = 8 * 1024 * 1024;
/** So long a client may take to read what is left when the run has ended. */
const LAST_WORDS_MS = 1_000;
/** A control is small: a longer line is none. */
const LONGEST_CONTROL = 64 * 1024;

/**
 * Opens the run's control socket, for its owner only, before anything is recorded; one that a dead run has left is replaced.
 * Never rejects.
 */
export async function openControlServer(request: ControlServerRequest): Promise<OpenedControlServer> {
  const path = controlSocketPath(request.hew_home, request.run);
  const closed = (why: string): OpenedControlServer => ({
    kind: 'closed',
    problem: `${path} could not be opened, so that nothing can be asked of the run from elsewhere: ${why}`,
  });
  if (Buffer.byteLength(path) > LONGEST_PATH) return closed('the path is too long for a socket');
  try {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    if (await answers(path)) return closed('somebody else listens there');
    await rm(path, { force: true });
    const { events } = await readJournal(request.journal);
    const clients = new Clients(request, events.length);
    const server = createServer((socket) => clients.welcome(socket));
    server.listen(path);
    await once(server, 'listening');
    await chmod(path, 0o600);
    // What goes wrong with one connection later is that connection's.
    server.on('error', () => undefined);
    return { kind: 'open', server: { path, [Symbol.asyncDispose]: () => close(server, clients) } };
  } catch (error) {
    return closed(error instanceof Error ? error.message : String(error));
  }
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function close(server: Server, clients: Clients): Promise<void> {
  clients.end();
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}

/** Everybody who is connected. */
class Clients {
  readonly #request: ControlServerRequest;
  readonly #sockets = new Set<Socket>();
  readonly #recent = new RecentEvents();
  readonly #unsubscribe: () => void;
  #events: number;

  constructor(request: ControlServerRequest, pastEvents: number) {
    this.#request = request;
    this.#events = pastEvents;
    this.#unsubscribe = request.events.subscribe((event) => this.#tell(event));
  }

  welcome(socket: Socket): void {
    const { run, journal } = this.#request;
    this.#sockets.add(socket);
    // A client that is gone, however it went, is no fault of the run.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    const lines = new MessageLines(LONGEST_CONTROL, (line) => this.#take(socket, line));
    socket.on('data', (chunk) => {
      if (!lines.take(chunk)) socket.destroy();
    });
    send(socket, { kind: 'hello', version: CONTROL_VERSION, run, journal, events: this.#events });
    for (const event of this.#recent.list()) send(socket, { kind: 'event', event });
  }

  end(): void {
    this.#unsubscribe();
    for (const socket of this.#sockets) {
      // One that does not read to its end must not hold up hew's own.
      const timer = setTimeout(() => socket.destroy(), LAST_WORDS_MS);
      socket.on('close', () => clearTimeout(timer));
      socket.end(() => socket.destroy());
    }
  }

  #tell(event: EngineEvent): void {
    if (isDurable(event)) this.#events += 1;
    this.#recent.take(event);
    if (this.#sockets.size === 0) return;
    const line = encode({ kind: 'event', event });
    for (const socket of this.#sockets) write(socket, line);
  }

  #take(socket: Socket, line: string): void {
    const { events, control } = this.#request;
    const message = clientMessageSchema.safeParse(jsonValue(line)).data;
    if (!message) {
      send(socket, {
        kind: 'answer',
        id: null,
        ok: false,
        text: 'that is nothing that can be asked of a run',
      });
      return;
    }
    const answer = controlAnswer(events.state, message.control);
    if (answer.ok) control(message.control);
    send(socket, { kind: 'answer', id: message.id, ...answer });
  }
}

function encode(message: ServerMessage): string {
  return `${JSON.stringify(message)}\n`;
}

function send(socket: Socket, message: ServerMessage): void {
  write(socket, encode(message));
}

function write(socket: Socket, line: string): void {
  if (socket.destroyed || socket.writableEnded) return;
  socket.write(line);
  if (socket.writableLength > MOST_UNREAD) socket.destroy();
}
