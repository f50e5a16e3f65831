import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ControlAnswer } from './control-answer.js';
import { type ClientMessage, type ServerMessage, serverMessageSchema } from './control-messages.js';
import type { Control } from './controls.js';
import type { EngineEvent } from './events.js';
import { jsonValue } from './json-value.js';
import { MessageLines } from './message-lines.js';

export type Hello = Extract<ServerMessage, { kind: 'hello' }>;

/** Nobody listens at a control socket, or speaks another language. The message is for people. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** A connection to a run that is alive. */
export interface ControlClient extends Disposable {
  readonly hello: Hello;
  /** Tells the listener of every event since the hello, those that have come before it was set included. */
  listen(listener: (event: EngineEvent) => void): void;
  /** Asks something of the run; rejects with a ControlError when it goes away before it has answered. */
  ask(control: Control): Promise<ControlAnswer>;
  /** Resolves when the run has gone, or has dropped a client that was too slow. */
  readonly closed: Promise<void>;
}

/** An event holds at most a prompt or a gate's tail. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

/** Connects to a run's control socket. Throws a {@link ControlError}. */
export async function connectControl(path: string): Promise<ControlClient> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ControlError(`the run cannot be reached by ${path}: ${why}`, { cause });
  }
  const connection = new Connection(socket);
  const hello = await connection.hello;
  return {
    hello,
    listen: (listener) => connection.listen(listener),
    ask: (control) => connection.ask(control),
    closed: connection.closed,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

class Connection {
  readonly hello: Promise<Hello>;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #greeted = Promise.withResolvers<Hello>();
  readonly #waiting = new Map<number, PromiseWithResolvers<ControlAnswer>>();
  #early: EngineEvent[] = [];
  #listener: ((event: EngineEvent) => void) | null = null;
  #asked = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.hello = this.#greeted.promise;
    const lines = new MessageLines(LONGEST_MESSAGE, (line) => this.#take(line));
    socket.on('data', (chunk) => {
      if (!lines.take(chunk)) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#lose();
        resolve();
      });
    });
  }

  listen(listener: (event: EngineEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#early.splice(0)) listener(event);
  }

  ask(control: Control): Promise<ControlAnswer> {
    if (this.#socket.destroyed) return Promise.reject(new ControlError('the run has gone'));
    const message: ClientMessage = { id: (this.#asked += 1), control };
    const waiting = Promise.withResolvers<ControlAnswer>();
    this.#waiting.set(message.id, waiting);
    this.#socket.write(`${JSON.stringify(message)}\n`);
    return waiting.promise;
  }

  #take(line: string): void {
    const message = serverMessageSchema.safeParse(jsonValue(line)).data;
    if (!message) {
      // A newer hew may tell of more than this one knows; only the first line must be understood.
      this.#greeted.reject(new ControlError('the run is one of another version of hew: use that one'));
      return;
    }
    switch (message.kind) {
      case 'hello':
        this.#greeted.resolve(message);
        return;
      case 'event':
        if (this.#listener) this.#listener(message.event);
        else this.#early.push(message.event);
        return;
      case 'answer':
        if (message.id === null) return;
        this.#waiting.get(message.id)?.resolve({ ok: message.ok, text: message.text });
        this.#waiting.delete(message.id);
    }
  }

  #lose(): void {
    const gone = new ControlError('the run has gone before it answered');
    this.#greeted.reject(gone);
    for (const waiting of this.#waiting.values()) waiting.reject(gone);
    this.#waiting.clear();
  }
}
